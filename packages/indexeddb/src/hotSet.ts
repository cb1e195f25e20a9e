import { decodeEntry, type Entry } from '@predcache/core';
import { rowBody } from './row.js';
import { type RowKey, rowKeyWords } from './rowKey.js';
import { RowKeyTable } from './rowKeyTable.js';

/** The version of the layout below. */
const format = 1;
// A header: format, 3 free, number of rows (u32), sequence (f64).
export const packHeaderBytes = 16;
// The row keys, then for each row where it begins (u32) and how long it is (u32), then the rows.
const keyBytes = 4 * rowKeyWords;
const placeBytes = 8;

/**
 * The rows that were used most lately, packed into one value, which is read several times sooner than they are one by
 * one. They are decoded when they are asked for.
 */
export class HotSet {
  #pack: Uint8Array = new Uint8Array(0);
  /** Two numbers for each slot. */
  #places: Uint32Array = new Uint32Array(0);
  #table = new RowKeyTable();
  #size = 0;
  #isStale = true;
  /** Rows that have changed or gone while another hot set is being saved. */
  #changedMeanwhile: RowKey[] | undefined;

  /** How many rows it has. */
  get size(): number {
    return this.#size;
  }

  /** Whether saving it again would save something else: a row that it does not have was used, or one has changed. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Takes the place of what it had. What is no pack, or of another format, leaves it empty. */
  use(pack: Uint8Array): void {
    this.clear();
    const count = countOf(pack);
    if (count === undefined) return;
    this.#pack = pack.byteOffset % 8 === 0 ? pack : pack.slice();
    const { buffer, byteOffset } = this.#pack;
    const keysAt = byteOffset + packHeaderBytes;
    this.#places = new Uint32Array(buffer, keysAt + count * keyBytes, 2 * count);
    this.#table.fill(new Uint32Array(buffer, keysAt, count * rowKeyWords));
    this.#size = count;
    this.#isStale = false;
  }

  /** Another is being made and saved. */
  saving(): void {
    this.#changedMeanwhile = [];
  }

  /** It is saved, and takes the place of what there was, unless everything has been read anew meanwhile. */
  saved(pack: Uint8Array): void {
    const changed = this.#changedMeanwhile;
    if (changed === undefined) return;
    // Keeps no count of changes from here on.
    this.use(pack);
    for (const key of changed) this.remove(key);
  }

  /** It could not be saved. */
  notSaved(): void {
    this.#changedMeanwhile = undefined;
  }

  /** What is saved is of no more use. */
  outdate(): void {
    this.#isStale = true;
  }

  /** A row has been used. */
  touch(key: RowKey): void {
    if (!this.#isStale && this.#table.find(key) < 0) this.#isStale = true;
  }

  /** A row's entry, decoded; `undefined` when it is not here, or damaged. */
  get(key: RowKey, askedKey: string): Entry | undefined {
    const row = this.row(key);
    if (row === undefined) return undefined;
    const reading = decodeEntry(rowBody(row));
    if (reading.kind === 'entry' && reading.entry.key === askedKey) return reading.entry;
    // The row itself may be sound: it is asked for then, and packed again.
    this.remove(key);
    return undefined;
  }

  /** A row's bytes, within the pack. */
  row(key: RowKey): Uint8Array | undefined {
    const slot = this.#size === 0 ? -1 : this.#table.find(key);
    if (slot < 0) return undefined;
    const from = this.#places[2 * slot]!;
    return this.#pack.subarray(from, from + this.#places[2 * slot + 1]!);
  }

  /** A row has changed, come or gone. */
  remove(key: RowKey): void {
    this.#isStale = true;
    this.#changedMeanwhile?.push(key);
    const slot = this.#size === 0 ? -1 : this.#table.find(key);
    if (slot < 0) return;
    this.#table.remove(slot);
    this.#size--;
    if (this.#size === 0) this.#empty();
  }

  clear(): void {
    this.#isStale = true;
    this.#changedMeanwhile = undefined;
    this.#empty();
  }

  #empty(): void {
    this.#pack = new Uint8Array(0);
    this.#places = new Uint32Array(0);
    this.#table = new RowKeyTable();
    this.#size = 0;
  }
}

/** Packs rows. @param sequence of the last record of the journal that they are in step with */
export function packRows(
  rows: readonly (readonly [RowKey, Uint8Array])[],
  sequence: number,
): Uint8Array<ArrayBuffer> {
  const placesAt = packHeaderBytes + rows.length * keyBytes;
  const bodiesAt = placesAt + rows.length * placeBytes;
  const bytes = new Uint8Array(rows.reduce((sum, [, row]) => sum + aligned(row.length), bodiesAt));
  const view = new DataView(bytes.buffer);
  const keys = new Uint32Array(bytes.buffer, packHeaderBytes, rows.length * rowKeyWords);
  const places = new Uint32Array(bytes.buffer, placesAt, 2 * rows.length);
  bytes[0] = format;
  view.setUint32(4, rows.length, true);
  view.setFloat64(8, sequence, true);
  let at = bodiesAt;
  for (const [index, [key, row]] of rows.entries()) {
    keys.set(key, index * rowKeyWords);
    places[2 * index] = at;
    places[2 * index + 1] = row.length;
    bytes.set(row, at);
    at += aligned(row.length);
  }
  return bytes;
}

/** The sequence that a pack is in step with; `undefined` when it is none. */
export function sequenceOfPack(pack: Uint8Array): number | undefined {
  if (countOf(pack) === undefined) return undefined;
  return new DataView(pack.buffer, pack.byteOffset).getFloat64(8, true);
}

function countOf(pack: Uint8Array): number | undefined {
  if (pack.length < packHeaderBytes || pack[0] !== format) return undefined;
  const count = new DataView(pack.buffer, pack.byteOffset).getUint32(4, true);
  return packHeaderBytes + count * (keyBytes + placeBytes) <= pack.length ? count : undefined;
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}
