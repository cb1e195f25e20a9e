import type { EvictionPolicy } from './evictionPolicy.js';
import { SlotLists } from './slotLists.js';

/**
 * Least Recently Used: evicts what was not asked for the longest. Choose it where what was just seen comes again soon,
 * and as the yardstick for others; a single scan over many inputs empties it of everything else.
 *
 * R. L. Mattson et al., "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970.
 *
 * @example
 * memory({ maxSize: 8e6, policy: lru() });
 */
export function lru(): EvictionPolicy {
  return new LeastRecentlyUsed();
}

class LeastRecentlyUsed implements EvictionPolicy {
  readonly name = 'lru';
  readonly #order = new SlotLists();

  reserve(slots: number): void {
    this.#order.reserve(slots);
  }

  inserted(slot: number): void {
    this.#order.add(0, slot);
  }

  used(slot: number): void {
    this.#order.renew(0, slot);
  }

  replaced(slot: number): void {
    this.#order.renew(0, slot);
  }

  removed(slot: number): void {
    this.#order.remove(0, slot);
  }

  victim(): number {
    return this.#order.oldest(0);
  }

  fresh(): EvictionPolicy {
    return lru();
  }
}
