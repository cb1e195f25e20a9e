/** A computation's beginning. */
export interface Beginning {
  /** In ms since the epoch. */
  readonly at: number;
  /** Whether something was invalidated since. */
  readonly isOutdated: boolean;
}

/** Knows which computations began too early to be given to anybody else: before an invalidation this tab knows of. */
export class Outdating {
  #count = 0;
  /** When the last one became known here, in ms since the epoch. */
  #lastAt = Number.NEGATIVE_INFINITY;

  /** Something was invalidated, or may have been. */
  note(): void {
    this.#count++;
    this.#lastAt = Date.now();
  }

  /** A computation begins in this tab. */
  begin(): Beginning {
    const count = this.#count;
    const isOutdated = () => this.#count !== count;
    return {
      at: Date.now(),
      get isOutdated() {
        return isOutdated();
      },
    };
  }

  /**
   * Whether a computation that another tab began then is outdated. In the same ms it counts as such. Not counted from the
   * beginning of a call: the tab that computes may hear of an invalidation later than the one that then asks it.
   */
  isOutdated(begunAt: number): boolean {
    return begunAt <= this.#lastAt;
  }
}
