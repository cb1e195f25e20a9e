import { growArray } from '../policies/growArray.js';
import { hashOfAll, hashOfEight, hashOfFour } from './keyHash.js';

/** Cells for each slot, at least: shorter searches are worth 4 bytes. */
const cellsPerSlot = 2;
const fewestCells = 128;
/** A cell holds a slot plus 1, 0 standing for none, and above it some bits of its key's hash. */
const slotBits = 24;
const slotMask = 2 ** slotBits - 1;
/** Slots that it can tell apart. */
export const mostSlots = slotMask;
/** Four hexadecimal digits tell up to so many cells apart; where there are more, eight are hashed. */
const mostCellsForFew = 2 ** 16;
/** A search this long means that the characters that are hashed do not tell these keys apart. */
const longestSearch = 128;

/** How many characters of a key are hashed, from its end. */
const few = 4;
const some = 8;
const all = 2 ** 30;

/**
 * Finds the slot of a key: an open-addressed hash table (linear probing, deletion by shifting back: D. Knuth, The Art of
 * Computer Programming, volume 3, section 6.4). A Map would hash every character of a key that has just been made; keys
 * are digests, of which a few characters are as good a hash as any. Other keys work as well: where few characters turn
 * out not to tell them apart, it goes over to more.
 */
export class KeyIndex {
  #cells = new Int32Array(fewestCells);
  /** Bits of a hash that do not choose a cell. */
  #shift = shiftFor(fewestCells);
  #hashed = few;
  /** The least that `#hashed` may be, whatever the number of cells. */
  #leastHashed = few;
  // By slot.
  readonly #keys: string[] = [];
  #hashes = new Int32Array(0);
  #size = 0;
  // A key that was looked for in vain is the one that comes next, nearly always.
  #missedKey = '';
  #missedHash = hashOfAll('');

  get size(): number {
    return this.#size;
  }

  /** Makes room for the slots 0 … `slots` − 1. */
  reserve(slots: number): void {
    this.#hashes = growArray(this.#hashes, slots);
    let cells = this.#cells.length;
    while (cells < slots * cellsPerSlot) cells *= 2;
    if (cells > this.#cells.length) this.#layOut(cells);
  }

  /** The slot of a key; below 0 when it has none. */
  find(key: string): number {
    if (typeof key !== 'string') return -1;
    const hash = this.#hashOf(key);
    const cells = this.#cells;
    const mask = cells.length - 1;
    const mark = markOf(hash, this.#shift);
    for (let at = hash >>> this.#shift; ; at = (at + 1) & mask) {
      const cell = cells[at]!;
      if (cell === 0) {
        this.#missedKey = key;
        this.#missedHash = hash;
        return -1;
      }
      if ((cell & ~slotMask) !== mark) continue;
      const slot = (cell & slotMask) - 1;
      if (this.#keys[slot] === key) return slot;
    }
  }

  /** Gives a key that has no slot one that is free. */
  add(key: string, slot: number): void {
    this.#keys[slot] = key;
    this.#size++;
    const hash = key === this.#missedKey ? this.#missedHash : this.#hashOf(key);
    if (this.#place(slot, hash) <= longestSearch || this.#hashed === all) return;
    this.#leastHashed = this.#hashed === few ? some : all;
    this.#layOut(this.#cells.length);
  }

  /** Takes its key away from a slot that has one. */
  remove(slot: number): void {
    const cells = this.#cells;
    const mask = cells.length - 1;
    let hole = this.#hashes[slot]! >>> this.#shift;
    while ((cells[hole]! & slotMask) !== slot + 1) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; cells[next] !== 0; next = (next + 1) & mask) {
      const home = this.#hashes[(cells[next]! & slotMask) - 1]! >>> this.#shift;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      cells[hole] = cells[next]!;
      hole = next;
    }
    cells[hole] = 0;
    this.#keys[slot] = '';
    this.#size--;
  }

  /** How many cells had to be passed. */
  #place(slot: number, hash: number): number {
    const cells = this.#cells;
    const mask = cells.length - 1;
    let at = hash >>> this.#shift;
    let passed = 0;
    for (; cells[at] !== 0; at = (at + 1) & mask) passed++;
    cells[at] = markOf(hash, this.#shift) | (slot + 1);
    this.#hashes[slot] = hash;
    return passed;
  }

  #layOut(length: number): void {
    // Its hash may be another one from now on.
    this.#missedKey = '';
    this.#missedHash = hashOfAll('');
    const before = this.#cells;
    this.#cells = new Int32Array(length);
    this.#shift = shiftFor(length);
    this.#hashed = Math.max(this.#leastHashed, length > mostCellsForFew ? some : few);
    for (const cell of before) {
      if (cell === 0) continue;
      const slot = (cell & slotMask) - 1;
      this.#place(slot, this.#hashOf(this.#keys[slot]!));
    }
  }

  #hashOf(key: string): number {
    if (key.length < this.#hashed) return hashOfAll(key);
    return this.#hashed === few ? hashOfFour(key) : hashOfEight(key);
  }
}

function shiftFor(cells: number): number {
  return Math.clz32(cells) + 1;
}

/** The bits of a hash below those that choose the cell, where a cell has room for them. */
function markOf(hash: number, shift: number): number {
  return (hash << (32 - shift)) & ~slotMask;
}
