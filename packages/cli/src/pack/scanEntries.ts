import type { FileHandle } from 'node:fs/promises';
import { decodeEntry, type Entry } from '@predcache/core';
import { FileWindow } from './fileWindow.js';

/** An entry that stands in a file, and where. */
export interface StoredEntry {
  readonly entry: Entry;
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** Where an entry says how many bytes it has: see `docs/entry-format.md`. */
const lengthAt = 8;
const headSize = 12;

/**
 * The entries of a file that holds nothing but entries, one after another. Ends before the first one that is not whole and
 * unchanged: what a process was writing when it was killed.
 */
export async function* scanEntries(
  handle: FileHandle,
  size: number,
): AsyncGenerator<StoredEntry, void, undefined> {
  const window = new FileWindow(handle, size);
  for (let offset = 0; offset < size; ) {
    const head = await window.at(offset, headSize);
    if (head.length < headSize) return;
    const length = head.readUInt32LE(lengthAt);
    if (length <= headSize || length > size - offset) return;
    const reading = decodeEntry(await window.at(offset, length));
    if (reading.kind !== 'entry') return;
    yield { entry: reading.entry, offset, length };
    offset += length;
  }
}

/** What a file begins with: entries of this version or of another one, something else, or too little to tell. */
export async function startOf(
  handle: FileHandle,
  size: number,
): Promise<'entries' | 'other version' | 'other' | 'unknown'> {
  const head = await new FileWindow(handle, size).at(0, headSize);
  if (head.length < 3) return head.length < 2 || head[1] === magic[0] ? 'unknown' : 'other';
  if (head[1] !== magic[0] || head[2] !== magic[1]) return 'other';
  const { kind } = decodeEntry(head);
  return kind === 'older' || kind === 'newer' ? 'other version' : 'entries';
}

/** An entry's second and third byte, in every version. */
const magic = [0x50, 0x45] as const;
