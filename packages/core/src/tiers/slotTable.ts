import type { Entry } from '../entry.js';

/** Hands out slots to entries, and remembers which entry is where. */
export class SlotTable {
  readonly #slots = new Map<string, number>();
  readonly #entries: (Entry | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.size;
  }

  slotOf(key: string): number | undefined {
    return this.#slots.get(key);
  }

  entryAt(slot: number): Entry {
    return this.#entries[slot]!;
  }

  entries(): Iterable<Entry | undefined> {
    return this.#entries;
  }

  /** The slot a new entry now has. */
  add(entry: Entry): number {
    const slot = this.#free.pop() ?? this.#entries.length;
    this.#entries[slot] = entry;
    this.#slots.set(entry.key, slot);
    return slot;
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
