import type { EvictionPolicy } from './evictionPolicy.js';
import { growArray } from './growArray.js';
import { SlotLists } from './slotLists.js';

/**
 * SIEVE: a hand goes from the oldest entry to the newest and evicts the first that was not asked for since it last
 * passed. Choose it where hits must cost next to nothing and favourites stay; on some traffic it falls below LRU.
 *
 * Y. Zhang et al., "SIEVE is simpler than LRU: an efficient turn-key eviction algorithm for web caches", NSDI 2024.
 *
 * @example
 * memory({ maxSize: 8e6, policy: sieve() });
 */
export function sieve(): EvictionPolicy {
  return new Sieve();
}

class Sieve implements EvictionPolicy {
  readonly name = 'sieve';
  readonly #order = new SlotLists();
  /** 1 where a slot was used since the hand last passed it. */
  #isVisited = new Uint8Array(0);
  /** Where the hand is; below 0 when it starts at the oldest next. */
  #hand = -1;

  reserve(slots: number): void {
    this.#order.reserve(slots);
    this.#isVisited = growArray(this.#isVisited, slots);
  }

  inserted(slot: number): void {
    this.#isVisited[slot] = 0;
    this.#order.add(0, slot);
  }

  used(slot: number): void {
    this.#isVisited[slot] = 1;
  }

  replaced(slot: number): void {
    this.#isVisited[slot] = 1;
  }

  removed(slot: number): void {
    if (slot === this.#hand) this.#hand = this.#order.newerThan(slot);
    this.#order.remove(0, slot);
  }

  victim(): number {
    let hand = this.#hand < 0 ? this.#order.oldest(0) : this.#hand;
    while (this.#isVisited[hand] === 1) {
      this.#isVisited[hand] = 0;
      const newer = this.#order.newerThan(hand);
      hand = newer < 0 ? this.#order.oldest(0) : newer;
    }
    this.#hand = hand;
    return hand;
  }

  fresh(): EvictionPolicy {
    return sieve();
  }
}
