export interface GrowingPauseOptions {
  /** Failures in a row that bring no pause yet. */
  readonly forgiven?: number;
  /** ms after the first failure that counts. */
  readonly first?: number;
  /** ms it grows to at most. */
  readonly longest?: number;
}

/** How long to leave something alone that keeps failing: the pause doubles with every failure in a row. */
export class GrowingPause {
  readonly #forgiven: number;
  readonly #first: number;
  readonly #longest: number;
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  constructor({ forgiven = 0, first = 1_000, longest = 30_000 }: GrowingPauseOptions = {}) {
    this.#forgiven = forgiven;
    this.#first = first;
    this.#longest = longest;
  }

  /** ms until the next try is due; 0 when it is. */
  get remaining(): number {
    return Math.max(0, this.#until - performance.now());
  }

  failed(): void {
    this.#failures += 1;
    const counted = this.#failures - this.#forgiven;
    if (counted < 1) return;
    this.#until = performance.now() + Math.min(this.#longest, this.#first * 2 ** (counted - 1));
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
