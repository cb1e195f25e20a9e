/** How much the suite does. */
export interface Scale {
  /** Rows of the large database; the small one has 1,000. */
  readonly largeRows: number;
  /** Entries of the warm start. */
  readonly warmRows: number;
  readonly rounds: {
    readonly lookUps: number;
    readonly writes: number;
    readonly warmStarts: number;
    readonly growth: number;
    readonly evictions: number;
    readonly openings: number;
    readonly reloads: number;
    readonly coldReloads: number;
  };
}

export const smallRows = 1_000;

export const fullScale: Scale = {
  largeRows: 100_000,
  warmRows: 10_000,
  rounds: {
    lookUps: 100,
    writes: 60,
    warmStarts: 15,
    growth: 40,
    evictions: 9,
    openings: 5,
    reloads: 25,
    coldReloads: 12,
  },
};

/** For a look: fewer rows make other figures. */
export const quickScale: Scale = {
  largeRows: 10_000,
  warmRows: 2_000,
  rounds: {
    lookUps: 10,
    writes: 10,
    warmStarts: 3,
    growth: 8,
    evictions: 3,
    openings: 2,
    reloads: 4,
    coldReloads: 2,
  },
};
