import type { Entry } from '../entry.js';
import { growArray } from '../policies/growArray.js';
import { KeyIndex } from './keyIndex.js';

export { mostSlots } from './keyIndex.js';

/** What fits the arrays below. */
export const largestSize = 2 ** 32 - 1;
const mostHits = 2 ** 8 - 1;

/** Hands out slots to entries, and remembers which entry is where and the facts of it that every hit or eviction needs. */
export class SlotTable {
  readonly #index = new KeyIndex();
  readonly #entries: (Entry | undefined)[] = [];
  readonly #free: number[] = [];
  #costs = new Float64Array(0);
  // Here as well as in the entry: a victim's entry is seldom in the processor's cache, and reading it costs more than
  // all the rest of its eviction.
  #sizes = new Uint32Array(0);
  #models = new Uint32Array(0);
  // Counted here, and summed up later: a hit then writes one number, next to nothing beside its look-up. One byte each,
  // so that the hits of many entries share the processor's cache.
  #hits = new Uint8Array(0);

  get size(): number {
    return this.#index.size;
  }

  /** Makes room for the slots 0 … `slots` − 1. */
  reserve(slots: number): void {
    this.#index.reserve(slots);
    this.#costs = growArray(this.#costs, slots);
    this.#sizes = growArray(this.#sizes, slots);
    this.#models = growArray(this.#models, slots);
    this.#hits = growArray(this.#hits, slots);
  }

  /** Below 0 when there is no entry of that key. */
  slotOf(key: string): number {
    return this.#index.find(key);
  }

  isHeld(slot: number): boolean {
    return this.#entries[slot] !== undefined;
  }

  entryAt(slot: number): Entry {
    return this.#entries[slot]!;
  }

  /** ms */
  costAt(slot: number): number {
    return this.#costs[slot]!;
  }

  /** Whole bytes. */
  sizeAt(slot: number): number {
    return this.#sizes[slot]!;
  }

  /** The number of the entry's model. */
  modelAt(slot: number): number {
    return this.#models[slot]!;
  }

  /** The hits since the slot's entry came, or since they were taken last. */
  takeHits(slot: number): number {
    const hits = this.#hits[slot]!;
    this.#hits[slot] = 0;
    return hits;
  }

  /** Whether no more can be counted before they are taken. */
  countHit(slot: number): boolean {
    const hits = this.#hits[slot]! + 1;
    this.#hits[slot] = hits;
    return hits === mostHits;
  }

  *held(): Iterable<number> {
    for (const [slot, entry] of this.#entries.entries()) if (entry !== undefined) yield slot;
  }

  /** A slot that is free, to `add` an entry at. */
  freeSlot(): number {
    return this.#free.length > 0 ? this.#free.pop()! : this.#entries.length;
  }

  add(slot: number, entry: Entry, model: number, size: number, cost: number): void {
    this.#index.add(entry.key, slot);
    this.replace(slot, entry, model, size, cost);
  }

  /** A newer entry of the same key takes the slot over. */
  replace(slot: number, entry: Entry, model: number, size: number, cost: number): void {
    this.#entries[slot] = entry;
    this.#models[slot] = model;
    this.#sizes[slot] = size;
    this.#costs[slot] = cost;
  }

  /** The entry that was there. */
  remove(slot: number): Entry {
    const entry = this.#entries[slot]!;
    this.#index.remove(slot);
    this.#entries[slot] = undefined;
    this.#free.push(slot);
    return entry;
  }
}
