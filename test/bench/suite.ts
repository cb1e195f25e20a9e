/** One line of a suite's table: what was measured, ours or a peer's. */
export interface Row {
  readonly what: string;
  /** What the time is of, for instance `µs per hit`. */
  readonly unit: string;
  readonly median: number;
  /** Half the distance between the quartiles over the median: how noisy the machine was. */
  readonly noise: number;
}

export interface SuiteResult {
  readonly rows: readonly Row[];
  /** Numbers by name, as other runs are compared by. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface SuiteOptions {
  readonly isQuick: boolean;
}

export interface Suite {
  readonly name: string;
  readonly about: string;
  run(options: SuiteOptions): Promise<SuiteResult>;
}
