import { growArray } from './growArray.js';

/**
 * Doubly linked lists over slots, through two integer arrays that all of them share: a slot is in one list at a time, a
 * move is a few array writes, and nothing is allocated. Each list has an oldest and a newest end. What most policies are
 * made of; lists are numbered from 0.
 *
 * @example
 * const order = new SlotLists();
 * order.reserve(2);
 * order.add(0, 1);
 * order.oldest(0); // 1
 */
export class SlotLists {
  readonly #lists: number;
  readonly #lengths: Int32Array;
  // Element l < #lists is both ends of list l, slot s is element s + #lists: no end needs a case of its own.
  #newer: Int32Array<ArrayBuffer>;
  #older: Int32Array<ArrayBuffer>;

  constructor(lists = 1) {
    this.#lists = lists;
    this.#lengths = new Int32Array(lists);
    this.#newer = Int32Array.from({ length: lists }, (_, list) => list);
    this.#older = this.#newer.slice();
  }

  reserve(slots: number): void {
    this.#newer = growArray(this.#newer, slots + this.#lists);
    this.#older = growArray(this.#older, slots + this.#lists);
  }

  lengthOf(list: number): number {
    return this.#lengths[list]!;
  }

  /** Adds a slot that is in no list at the newest end. */
  add(list: number, slot: number): void {
    const element = slot + this.#lists;
    const newest = this.#older[list]!;
    this.#older[element] = newest;
    this.#newer[element] = list;
    this.#newer[newest] = element;
    this.#older[list] = element;
    this.#lengths[list]!++;
  }

  /** Takes a slot out of the list that it is in. */
  remove(list: number, slot: number): void {
    const element = slot + this.#lists;
    const newer = this.#newer[element]!;
    const older = this.#older[element]!;
    this.#older[newer] = older;
    this.#newer[older] = newer;
    this.#lengths[list]!--;
  }

  /** Moves a slot to the newest end of the list that it is in. */
  renew(list: number, slot: number): void {
    if (this.#older[list] === slot + this.#lists) return;
    this.remove(list, slot);
    this.add(list, slot);
  }

  /** The slot at the oldest end; below 0 when the list is empty. */
  oldest(list: number): number {
    const element = this.#newer[list]!;
    return element - this.#lists;
  }

  /** The slot at the newest end; below 0 when the list is empty. */
  newest(list: number): number {
    return this.#older[list]! - this.#lists;
  }

  /** The slot next to this one towards the newest end; below 0 when this is the newest. */
  newerThan(slot: number): number {
    return this.#newer[slot + this.#lists]! - this.#lists;
  }

  /** The slot next to this one towards the oldest end; below 0 when this is the oldest. */
  olderThan(slot: number): number {
    return this.#older[slot + this.#lists]! - this.#lists;
  }
}
