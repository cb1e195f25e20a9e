import { SlotHeap } from '../policies/slotHeap.js';

/**
 * Which entries are older than a time to live. A heap by age instead of a timer for each: what is due is found when the
 * tier is used, in O(log n) for each entry that is.
 */
export class Expiry {
  readonly #ttl: number;
  readonly #byAge = new SlotHeap();

  /** @param ttl in ms */
  constructor(ttl: number) {
    this.#ttl = ttl;
  }

  reserve(slots: number): void {
    this.#byAge.reserve(slots);
  }

  /** Whether what was created then is still fresh; times in ms since the epoch. */
  isFresh(createdAt: number, now: number): boolean {
    return now - createdAt < this.#ttl;
  }

  /** A clock that was set back must not make an entry live longer than the time to live from now. */
  add(slot: number, createdAt: number, now: number): void {
    this.#byAge.add(slot, Math.min(createdAt, now));
  }

  remove(slot: number): void {
    this.#byAge.remove(slot);
  }

  isDue(slot: number, now: number): boolean {
    return !this.isFresh(this.#byAge.priorityOf(slot), now);
  }

  /** The oldest slot if it is due, else `undefined`. */
  firstDue(now: number): number | undefined {
    if (this.#byAge.size === 0) return undefined;
    const slot = this.#byAge.lowest();
    return this.isDue(slot, now) ? slot : undefined;
  }
}
