/** How much is measured. */
export interface Scale {
  /** Entries of the caches that are timed. */
  readonly capacity: number;
  readonly rounds: number;
  /** In each round and scenario, 1 for as many as are worth timing. */
  readonly operationsShare: number;
  /** Entries of the caches that are weighed. */
  readonly weighedCapacity: number;
  /** Entries of the caches between which growth is measured. */
  readonly smallCapacity: number;
  readonly largeCapacity: number;
  readonly growthRounds: number;
}

export const full: Scale = {
  capacity: 10_000,
  rounds: 61,
  operationsShare: 1,
  weighedCapacity: 100_000,
  smallCapacity: 1000,
  largeCapacity: 1_000_000,
  growthRounds: 5,
};

/** For a look. To fill a cache of a million entries takes longer than all the rest. */
export const quick: Scale = { ...full, rounds: 11, largeCapacity: 100_000, growthRounds: 3 };
