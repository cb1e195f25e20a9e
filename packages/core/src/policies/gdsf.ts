import type { EvictionPolicy } from './evictionPolicy.js';
import { growArray } from './growArray.js';
import { SlotHeap } from './slotHeap.js';

/** What an entry costs at least, in ms: of entries that cost nothing measurable, the popular ones still stay. */
const leastCost = 0.001;

/**
 * Greedy Dual Size Frequency: evicts the entry that saves the least inference time for the bytes it takes, by its
 * measured cost in ms, its size and how often it was asked for, and ages as `lfu()` does. Choose it where one cache
 * serves models, or inputs, of very different cost or size; where cost and size go together it gains nothing.
 *
 * L. Cherkasova, "Improving WWW proxies performance with Greedy-Dual-Size-Frequency caching policy", HP Laboratories
 * report HPL-98-69R1, 1998.
 *
 * @example
 * memory({ maxSize: 8e6, policy: gdsf() });
 */
export function gdsf(): EvictionPolicy {
  return new GreedyDualSizeFrequency();
}

class GreedyDualSizeFrequency implements EvictionPolicy {
  readonly name = 'gdsf';
  readonly #heap = new SlotHeap();
  #uses = new Float64Array(0);
  /** ms a byte */
  #worth = new Float64Array(0);
  /** The priority of the last victim: what whatever is used from now on starts from. */
  #age = 0;

  reserve(slots: number): void {
    this.#heap.reserve(slots);
    this.#uses = growArray(this.#uses, slots);
    this.#worth = growArray(this.#worth, slots);
  }

  inserted(slot: number, _hash: number, size: number, cost: number): void {
    this.#uses[slot] = 1;
    this.#worth[slot] = worthOf(size, cost);
    this.#heap.add(slot, this.#priorityOf(slot));
  }

  used(slot: number): void {
    this.#uses[slot]!++;
    this.#heap.change(slot, this.#priorityOf(slot));
  }

  replaced(slot: number, size: number, cost: number): void {
    this.#worth[slot] = worthOf(size, cost);
    this.used(slot);
  }

  removed(slot: number): void {
    this.#heap.remove(slot);
  }

  victim(): number {
    const slot = this.#heap.lowest();
    this.#age = this.#heap.priorityOf(slot);
    return slot;
  }

  fresh(): EvictionPolicy {
    return gdsf();
  }

  #priorityOf(slot: number): number {
    return this.#age + this.#uses[slot]! * this.#worth[slot]!;
  }
}

function worthOf(size: number, cost: number): number {
  return Math.max(cost, leastCost) / Math.max(size, 1);
}
