import type { Entry } from '../entry.js';
import { growArray } from '../policies/growArray.js';

/** Hands out slots to entries, and remembers which entry is where and the facts of it that every hit or eviction needs. */
export class SlotTable {
  readonly #slots = new Map<string, number>();
  readonly #entries: (Entry | undefined)[] = [];
  readonly #free: number[] = [];
  #costs = new Float64Array(0);
  #models = new Uint32Array(0);
  // Counted here, and summed up when asked: a hit then writes one number, next to nothing beside its look-up.
  #hits = new Uint32Array(0);

  get size(): number {
    return this.#slots.size;
  }

  reserve(slots: number): void {
    this.#costs = growArray(this.#costs, slots);
    this.#models = growArray(this.#models, slots);
    this.#hits = growArray(this.#hits, slots);
  }

  slotOf(key: string): number | undefined {
    return this.#slots.get(key);
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

  countHit(slot: number): void {
    this.#hits[slot]!++;
  }

  *held(): Iterable<number> {
    for (const slot of this.#slots.values()) yield slot;
  }

  /** The slot that the next `add` will give. */
  nextSlot(): number {
    return this.#free.at(-1) ?? this.#entries.length;
  }

  /** The slot a new entry now has. */
  add(entry: Entry, model: number, cost: number): number {
    const slot = this.#free.pop() ?? this.#entries.length;
    this.#slots.set(entry.key, slot);
    this.replace(slot, entry, model, cost);
    return slot;
  }

  /** A newer entry of the same key takes the slot over. */
  replace(slot: number, entry: Entry, model: number, cost: number): void {
    this.#entries[slot] = entry;
    this.#models[slot] = model;
    this.#costs[slot] = cost;
  }

  /** The entry that was there. */
  remove(slot: number): Entry {
    const entry = this.#entries[slot]!;
    this.#slots.delete(entry.key);
    this.#entries[slot] = undefined;
    this.#free.push(slot);
    return entry;
  }
}
