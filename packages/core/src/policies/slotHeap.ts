import { growArray } from './growArray.js';

/**
 * Slots by priority, the lowest first; equals by how long ago they were set. A binary heap that knows where each slot
 * is, so that any slot can be changed or removed in O(log n). Williams, "Algorithm 232: Heapsort", CACM 7(6), 1964.
 */
export class SlotHeap {
  #size = 0;
  /** Grows with every `set`: tells which of two slots was set longer ago. */
  #clock = 0;
  #slots = new Int32Array(0);
  /** Where in `#slots` a slot is. */
  #positions = new Int32Array(0);
  #priorities = new Float64Array(0);
  #times = new Float64Array(0);

  get size(): number {
    return this.#size;
  }

  reserve(slots: number): void {
    this.#slots = growArray(this.#slots, slots);
    this.#positions = growArray(this.#positions, slots);
    this.#priorities = growArray(this.#priorities, slots);
    this.#times = growArray(this.#times, slots);
  }

  /** The slot of the lowest priority; meaningful while there is one. */
  lowest(): number {
    return this.#slots[0]!;
  }

  priorityOf(slot: number): number {
    return this.#priorities[slot]!;
  }

  add(slot: number, priority: number): void {
    this.#priorities[slot] = priority;
    this.#times[slot] = this.#clock++;
    this.#rise(slot, this.#size++);
  }

  /** Gives a slot in the heap a new priority, and makes it the most recently set. */
  change(slot: number, priority: number): void {
    const isLower = priority < this.#priorities[slot]!;
    this.#priorities[slot] = priority;
    this.#times[slot] = this.#clock++;
    if (isLower) this.#rise(slot, this.#positions[slot]!);
    else this.#sink(slot, this.#positions[slot]!);
  }

  remove(slot: number): void {
    const position = this.#positions[slot]!;
    const last = this.#slots[--this.#size]!;
    if (last === slot) return;
    if (this.#isBefore(last, slot)) this.#rise(last, position);
    else this.#sink(last, position);
  }

  #rise(slot: number, from: number): void {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = this.#slots[parent]!;
      if (this.#isBefore(above, slot)) break;
      this.#place(above, position);
      position = parent;
    }
    this.#place(slot, position);
  }

  #sink(slot: number, from: number): void {
    let position = from;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isBefore(this.#slots[child + 1]!, this.#slots[child]!)) child++;
      const below = this.#slots[child]!;
      if (this.#isBefore(slot, below)) break;
      this.#place(below, position);
      position = child;
    }
    this.#place(slot, position);
  }

  #place(slot: number, position: number): void {
    this.#slots[position] = slot;
    this.#positions[slot] = position;
  }

  #isBefore(one: number, other: number): boolean {
    const first = this.#priorities[one]!;
    const second = this.#priorities[other]!;
    return first < second || (first === second && this.#times[one]! < this.#times[other]!);
  }
}
