import type { Answer } from './messages.js';

/** A computation's beginning. */
export interface Beginning {
  /** In ms since the epoch. */
  readonly at: number;
  /** Whether something was invalidated since. */
  readonly isOutdated: boolean;
}

/** Knows which computations began too early to be given to anybody else: before an invalidation. */
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
   * Whether an answer of another tab may be outdated; in doubt, and in the same ms, it is. Between them, the two tabs must
   * know of every invalidation: the other one of those before `knownAt`, this one of those since `heardSince`. Not counted
   * from a call's beginning: who computes may hear of one later than who then asks.
   */
  isOutdated({ begunAt, knownAt }: Answer, heardSince: number): boolean {
    return begunAt <= this.#lastAt || knownAt <= heardSince;
  }
}
