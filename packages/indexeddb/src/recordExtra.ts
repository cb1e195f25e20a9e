import { bytesToHex } from '@predcache/core';
import type { Invalidation } from './invalidation.js';
import type { Floor } from './invalidations.js';
import type { Change } from './journalRecord.js';
import { noTags } from './rowGroups.js';

/** What only some records of the journal have, behind their changes. */
export interface RecordExtra {
  readonly invalidations: readonly Invalidation[];
  readonly floor: Floor | undefined;
  /** What stands for the tags of the row that a change added, by the change's number. */
  tagsOf(change: number): readonly string[];
}

// Number of tags (u32), number of changes' tags (u32), the tags (8 bytes each), then for each of a change's tags the
// change's and the tag's number (u32 each), in the order of the changes; then JSON in UTF-8, filled up with spaces.
const headerBytes = 8;
const tagBytes = 8;
const pairBytes = 8;
const space = 0x20;

const none: RecordExtra = { invalidations: [], floor: undefined, tagsOf: () => noTags };

/** Empty when there is nothing to be told. */
export function encodeExtra(
  changes: readonly Change[],
  invalidations: readonly Invalidation[],
  floor: Floor | undefined,
): Uint8Array {
  const numbers = new Map<string, number>();
  const pairs: number[] = [];
  for (const [number, change] of changes.entries()) {
    for (const tag of tagsOf(change)) {
      if (!numbers.has(tag)) numbers.set(tag, numbers.size);
      pairs.push(number, numbers.get(tag)!);
    }
  }
  const isTold = invalidations.length > 0 || floor !== undefined;
  if (pairs.length === 0 && !isTold) return new Uint8Array(0);
  const json = new TextEncoder().encode(isTold ? JSON.stringify({ invalidations, floor }) : '');
  const pairsAt = headerBytes + numbers.size * tagBytes;
  const jsonAt = pairsAt + pairs.length * 4;
  const bytes = new Uint8Array(Math.ceil((jsonAt + json.length) / 8) * 8).fill(space, jsonAt);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, numbers.size, true);
  view.setUint32(4, pairs.length / 2, true);
  for (const [tag, number] of numbers)
    view.setBigUint64(headerBytes + number * tagBytes, BigInt(`0x${tag}`), false);
  for (const [index, number] of pairs.entries()) view.setUint32(pairsAt + 4 * index, number, true);
  bytes.set(json, jsonAt);
  return bytes;
}

/** `undefined` when it is none. */
export function decodeExtra(bytes: Uint8Array): RecordExtra | undefined {
  if (bytes.length === 0) return none;
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tagCount = view.getUint32(0, true);
  const pairCount = view.getUint32(4, true);
  const pairsAt = headerBytes + tagCount * tagBytes;
  const jsonAt = pairsAt + pairCount * pairBytes;
  if (jsonAt > bytes.length) return undefined;
  const tags = Array.from({ length: tagCount }, (_, number) =>
    bytesToHex(bytes.subarray(headerBytes + number * tagBytes, headerBytes + (number + 1) * tagBytes)),
  );
  const tagsByChange = new Map<number, string[]>();
  for (let at = pairsAt; at < jsonAt; at += pairBytes) {
    const change = view.getUint32(at, true);
    const tag = tags[view.getUint32(at + 4, true)];
    if (tag === undefined) return undefined;
    const those = tagsByChange.get(change);
    if (those === undefined) tagsByChange.set(change, [tag]);
    else those.push(tag);
  }
  const told = toldBy(bytes.subarray(jsonAt));
  return told && { ...told, tagsOf: (change) => tagsByChange.get(change) ?? noTags };
}

function tagsOf(change: Change): readonly string[] {
  return change.kind === 'added' ? (change.tags ?? noTags) : noTags;
}

function toldBy(json: Uint8Array): Omit<RecordExtra, 'tagsOf'> | undefined {
  try {
    const text = new TextDecoder().decode(json).trimEnd();
    if (text === '') return none;
    const { invalidations, floor } = JSON.parse(text) as Omit<RecordExtra, 'tagsOf'>;
    return { invalidations, floor };
  } catch {
    return undefined;
  }
}
