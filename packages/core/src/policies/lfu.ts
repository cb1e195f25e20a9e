import { PredcacheError } from '../errors/predcacheError.js';
import type { EvictionPolicy } from './evictionPolicy.js';
import { growArray } from './growArray.js';
import { SlotHeap } from './slotHeap.js';

export interface LfuOptions {
  /**
   * Lets what was popular long ago go. `false` is the textbook's LFU, which never forgets and whose hit ratio on real
   * traffic falls far below LRU's.
   *
   * @default true
   */
  readonly aging?: boolean | undefined;
}

/**
 * Least Frequently Used: evicts what was asked for the fewest times since it came; among equals, what was not asked for
 * the longest. Choose it for traffic whose favourites stay the same for long.
 *
 * Ages by default as LFU with Dynamic Aging does: the count of the last victim is the head start of whatever is
 * inserted or used from then on. M. Arlitt et al., "Evaluating content management techniques for Web proxy caches",
 * ACM SIGMETRICS Performance Evaluation Review 27(4), 2000.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when `aging` is not a boolean.
 *
 * @example
 * memory({ maxSize: 8e6, policy: lfu() });
 */
export function lfu({ aging = true }: LfuOptions = {}): EvictionPolicy {
  if (typeof aging !== 'boolean') {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `aging is ${String(aging)}`,
      where: 'lfu({ aging })',
      hint: 'Pass true or false',
    });
  }
  return new LeastFrequentlyUsed(aging);
}

class LeastFrequentlyUsed implements EvictionPolicy {
  readonly name: string;
  readonly #aging: boolean;
  readonly #heap = new SlotHeap();
  #counts = new Float64Array(0);
  #age = 0;

  constructor(aging: boolean) {
    this.name = aging ? 'lfu' : 'lfu-plain';
    this.#aging = aging;
  }

  reserve(slots: number): void {
    this.#heap.reserve(slots);
    this.#counts = growArray(this.#counts, slots);
  }

  inserted(slot: number): void {
    this.#counts[slot] = 1;
    this.#heap.add(slot, this.#age + 1);
  }

  used(slot: number): void {
    this.#heap.change(slot, this.#age + ++this.#counts[slot]!);
  }

  replaced(slot: number): void {
    this.used(slot);
  }

  removed(slot: number): void {
    this.#heap.remove(slot);
  }

  victim(): number {
    const slot = this.#heap.lowest();
    if (this.#aging) this.#age = this.#heap.priorityOf(slot);
    return slot;
  }

  fresh(): EvictionPolicy {
    return new LeastFrequentlyUsed(this.#aging);
  }
}
