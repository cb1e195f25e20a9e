import type { EvictionPolicy } from './evictionPolicy.js';
import { SlotLists } from './slotLists.js';

/**
 * First In, First Out: evicts what has been kept the longest, however often it is asked for. Choose it where entries
 * age alike and repeats come in bursts; a hit costs nothing at all.
 *
 * L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966.
 *
 * @example
 * memory({ maxSize: 8e6, policy: fifo() });
 */
export function fifo(): EvictionPolicy {
  return new FirstInFirstOut();
}

class FirstInFirstOut implements EvictionPolicy {
  readonly name = 'fifo';
  readonly #order = new SlotLists();

  reserve(slots: number): void {
    this.#order.reserve(slots);
  }

  inserted(slot: number): void {
    this.#order.add(0, slot);
  }

  used(): void {}

  replaced(): void {}

  removed(slot: number): void {
    this.#order.remove(0, slot);
  }

  victim(): number {
    return this.#order.oldest(0);
  }

  fresh(): EvictionPolicy {
    return fifo();
  }
}
