import { type RowKey, rowKeyWords } from './rowKey.js';

const fewestCells = 64;

/**
 * Slots by row key: an open-addressed hash table (linear probing, deletion by shifting back: D. Knuth, The Art of Computer
 * Programming, volume 3, section 6.4). Row keys are digests, so that any of their bits are a good hash.
 */
export class RowKeyTable {
  /** A slot plus 1; 0 is free. */
  #cells = new Int32Array(fewestCells);
  #words = new Uint32Array(0);

  /** Makes room for the slots 0 … `slots` − 1. */
  reserve(slots: number): void {
    const words = new Uint32Array(slots * rowKeyWords);
    words.set(this.#words);
    this.#words = words;
    let cells = this.#cells.length;
    while (cells < slots * 1.5) cells *= 2;
    if (cells > this.#cells.length) this.#layOut(cells);
  }

  /** Below 0 when the key has no slot. */
  find(key: RowKey): number {
    const mask = this.#cells.length - 1;
    for (let at = homeOf(key, 0) & mask; ; at = (at + 1) & mask) {
      const slot = this.#cells[at]! - 1;
      if (slot < 0 || this.#holds(slot, key)) return slot;
    }
  }

  /** Gives a key that has no slot one that is free. */
  add(key: RowKey, slot: number): void {
    this.#words.set(key, slot * rowKeyWords);
    this.#place(slot);
  }

  /** Gives the slots from 0 on these keys, one after another, instead of what it had: sooner than adding each. */
  fill(words: Uint32Array): void {
    const slots = words.length / rowKeyWords;
    this.#cells.fill(0);
    this.reserve(slots);
    this.#words.set(words);
    for (let slot = 0; slot < slots; slot++) this.#place(slot);
  }

  /** Takes its key away from a slot that has one. */
  remove(slot: number): void {
    const mask = this.#cells.length - 1;
    let hole = this.#homeOf(slot, mask);
    while (this.#cells[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; this.#cells[next] !== 0; next = (next + 1) & mask) {
      const home = this.#homeOf(this.#cells[next]! - 1, mask);
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#cells[hole] = this.#cells[next]!;
      hole = next;
    }
    this.#cells[hole] = 0;
  }

  keyAt(slot: number): RowKey {
    return this.#words.slice(slot * rowKeyWords, (slot + 1) * rowKeyWords);
  }

  #holds(slot: number, key: RowKey): boolean {
    const from = slot * rowKeyWords;
    for (let word = 0; word < rowKeyWords; word++) if (this.#words[from + word] !== key[word]) return false;
    return true;
  }

  #homeOf(slot: number, mask: number): number {
    return homeOf(this.#words, slot * rowKeyWords) & mask;
  }

  #place(slot: number): void {
    const mask = this.#cells.length - 1;
    let at = this.#homeOf(slot, mask);
    while (this.#cells[at] !== 0) at = (at + 1) & mask;
    this.#cells[at] = slot + 1;
  }

  #layOut(cells: number): void {
    const before = this.#cells;
    this.#cells = new Int32Array(cells);
    for (const cell of before) if (cell !== 0) this.#place(cell - 1);
  }
}

/** The last word, its bytes mixed: keys that are small numbers written out, as in tests, differ in the last byte only. */
function homeOf(words: Uint32Array, from: number): number {
  const hash = Math.imul(words[from + rowKeyWords - 1]!, 0x9e3779b1);
  return hash ^ (hash >>> 16);
}
