import type { EntryFacts, Selector } from '@predcache/core';
import { isCovered } from './covering.js';
import { type Mark, markOfTime } from './mark.js';

/** How many are kept, and how many keys and tags they may name together. */
const most = 256;
const mostNamed = 4_096;
/** Deletions told apart while the journal stays as it is: marks have that many places behind the point. */
const mostBetween = 1_024;

/**
 * The deletions that were called on this tier, in the order of the calls: marks are taken between them. From the call on,
 * whether the database has got round to it or not, nothing is stored that began to be computed before.
 */
export class OwnDeletions {
  readonly #seen: () => number;
  #kept: { readonly selector: Selector; readonly calledAt: Mark }[] = [];
  #floor: Mark = Number.NEGATIVE_INFINITY;
  #base: Mark = Number.NEGATIVE_INFINITY;
  /** Since the base has changed. */
  #calls = 0;

  /** @param seen gives the sequence of the last record seen; 0 for none */
  constructor(seen: () => number) {
    this.#seen = seen;
  }

  /**
   * Later than every deletion called so far, earlier than every one to come, and no later than what the journal has told.
   * The whole number in it means the same to all tiers of the database, what is behind the point to this one.
   */
  mark(): Mark {
    this.#move();
    return this.#base + Math.min(this.#calls, mostBetween - 1) / mostBetween;
  }

  called(selector: Selector): void {
    this.#move();
    this.#calls++;
    // Beyond them, marks taken later count as earlier too: what may be stored is then computed once more.
    const calledAt = this.#base + Math.min(this.#calls, mostBetween) / mostBetween;
    if ('all' in selector) this.#kept = [];
    this.#kept.push({ selector, calledAt });
    let named = this.#kept.reduce((sum, kept) => sum + weightOf(kept.selector), 0);
    while (this.#kept.length > most || named > mostNamed) {
      const oldest = this.#kept.shift()!;
      named -= weightOf(oldest.selector);
      this.#floor = oldest.calledAt;
    }
  }

  /** Whether one since a mark covers an entry, or may. */
  cover(entry: EntryFacts, since: Mark): boolean {
    if (since < this.#floor) return true;
    return this.#kept.some(({ selector, calledAt }) => calledAt > since && isCovered(selector, entry));
  }

  #move(): void {
    const seen = this.#seen();
    const time = markOfTime(Date.now());
    // A clock that is put back must not make marks earlier.
    const base = seen > 0 ? seen : this.#base < 0 ? Math.max(this.#base, time) : time;
    if (base === this.#base) return;
    // Another database took the place of the one that was there: whatever was called was called before that.
    if (base < this.#base) {
      this.#kept = this.#kept.map((kept) => ({ ...kept, calledAt: Math.min(kept.calledAt, base) }));
      this.#floor = Math.min(this.#floor, base);
    }
    this.#calls = 0;
    this.#base = base;
  }
}

function weightOf(selector: Selector): number {
  if ('keys' in selector) return 1 + selector.keys.length;
  return 'tags' in selector ? 1 + selector.tags.length : 1;
}
