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
  /** What was timed; printed with the figures below. */
  readonly rows?: readonly Row[];
  /** What else is to be printed. Without rows it says all that the figures say. */
  readonly text?: string;
  /** Numbers by name, as other runs are compared by. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface SuiteOptions {
  readonly isQuick: boolean;
  /** The folder of `--traces`. Only for suites that take it. */
  readonly traces?: string | undefined;
}

export interface Suite {
  readonly name: string;
  readonly about: string;
  /** Whether it runs in Chromium, or needs the packages to be built. */
  readonly needsBrowser?: boolean;
  readonly takesTraces?: boolean;
  /** @throws {CommandError} when the options name something that it cannot work with */
  run(options: SuiteOptions): Promise<SuiteResult>;
}
