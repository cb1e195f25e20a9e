import { type CoveredRow, coverOf, type Invalidation, isWithin, weightOf } from './invalidation.js';
import { clockTolerance, type Mark, timeOfMark } from './mark.js';

/** How many are kept, and how many keys and tags they may name together. */
const most = 256;
const mostNamed = 4_096;

/** What is before it is not known any more. */
export interface Floor {
  readonly sequence: number;
  /** ms since the epoch. */
  readonly at: number;
}

interface Kept {
  readonly invalidation: Invalidation;
  readonly covers: (row: CoveredRow) => boolean;
}

/** The latest deletions that were ordered, in any tab: what began to be computed before one must not be stored after it. */
export class Invalidations {
  #kept: Kept[] = [];
  #floor: Floor;
  /** Whether there were texts that are not remembered any more, and may be on the disk. */
  #hadText = false;

  constructor(floor: Floor, invalidations: readonly Invalidation[] = []) {
    this.#floor = floor;
    for (const each of invalidations) this.add(each);
  }

  get floor(): Floor {
    return this.#floor;
  }

  /** The oldest first. */
  get all(): readonly Invalidation[] {
    return this.#kept.map(({ invalidation }) => invalidation);
  }

  /** Gives whether texts of earlier ones have become superfluous, now or before. */
  add(invalidation: Invalidation): boolean {
    const before = this.#kept;
    this.#kept = [];
    for (const kept of before) {
      const earlier = kept.invalidation;
      const isSuperfluous = isWithin(earlier, invalidation);
      if (!isSuperfluous) this.#kept.push(kept);
      else {
        this.#hadText ||= earlier.text !== undefined;
        // Another tab's stays, in these words: what it covers may have been computed after this one was called here.
        if (earlier.origin !== invalidation.origin) this.#keep(inWordsOf(invalidation, earlier));
      }
    }
    this.#keep(invalidation);
    let named = this.#kept.reduce((sum, kept) => sum + weightOf(kept.invalidation), 0);
    while (this.#kept.length > most || named > mostNamed) {
      const { invalidation: oldest } = this.#kept.shift()!;
      named -= weightOf(oldest);
      this.#hadText ||= oldest.text !== undefined;
      this.#floor = { sequence: oldest.sequence, at: oldest.at };
    }
    return this.#hadText;
  }

  /** Those since a mark; `undefined` when there may have been others. */
  since(mark: Mark): readonly Invalidation[] | undefined {
    return this.#isKnownSince(mark) ? this.all.filter((each) => isSince(each, mark)) : undefined;
  }

  /**
   * Whether one since a mark covers a row, or may.
   *
   * @param except the tier whose own do not count
   */
  cover(row: CoveredRow, mark: Mark, except: string): boolean {
    if (!this.#isKnownSince(mark)) return true;
    return this.#kept.some(
      ({ invalidation, covers }) =>
        invalidation.origin !== except && isSince(invalidation, mark) && covers(row),
    );
  }

  #keep(invalidation: Invalidation): void {
    this.#kept.push({ invalidation, covers: coverOf(invalidation) });
  }

  #isKnownSince(mark: Mark): boolean {
    const time = timeOfMark(mark);
    return time === undefined ? mark >= this.#floor.sequence : time - clockTolerance > this.#floor.at;
  }
}

function inWordsOf({ selector, text, sealed }: Invalidation, earlier: Invalidation): Invalidation {
  const { origin, partition, sequence, at } = earlier;
  const words = text === undefined ? {} : { text, sealed };
  return { origin, partition, sequence, at, selector, ...words };
}

function isSince({ sequence, at }: Invalidation, mark: Mark): boolean {
  const time = timeOfMark(mark);
  return time === undefined ? sequence > mark : at >= time - clockTolerance;
}
