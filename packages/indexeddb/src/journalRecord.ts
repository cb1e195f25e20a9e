import { bytesToHex, xxHash32 } from '@predcache/core';
import type { Directory, Group } from './directory.js';
import type { Invalidation } from './invalidation.js';
import type { Floor } from './invalidations.js';
import { decodeExtra, encodeExtra } from './recordExtra.js';
import { digestBytes, partitionAt, putPartition, type RowKey, rowKeyWords } from './rowKey.js';

/** What happened to a row, as the journal tells it. */
export type Change =
  | {
      readonly kind: 'added';
      readonly key: RowKey;
      readonly group: Group;
      readonly size: number;
      readonly createdAt: number;
      /** As `RowFacts.tags`; none when left out. */
      readonly tags?: readonly string[];
    }
  | { readonly kind: 'removed'; readonly key: RowKey }
  | { readonly kind: 'touched'; readonly key: RowKey };

export interface JournalRecord {
  /** Its key in the store: one more than the record's before it. */
  readonly sequence: number;
  /** Whether it, and the records after it, tell of every row there is: what was known before counts no more. */
  readonly startsAnew: boolean;
  readonly changes: readonly Change[];
  /** Deletions that were ordered: one in its own transaction's record, the latest where it starts anew. */
  readonly invalidations?: readonly Invalidation[];
  /** How far back those reach, of a record that starts anew; when left out, to itself. */
  readonly floor?: Floor | undefined;
}

/** The version of the layout below. */
const format = 1;
// A header: format, flags, number of groups (u16), number of changes (u32), sequence (f64), checksum (u32), bytes of what
// stands behind the changes (u32): tags, then JSON. Most records have neither.
const headerBytes = 24;
const checksumAt = 16;
const extraAt = 20;
/** Partition and model. */
const groupBytes = 8 + 32;
// A change: row key, creation time (f64), size (u32), group (u16), kind (u8), 1 free.
const changeBytes = 48;
const kinds = ['added', 'removed', 'touched'] as const;

/** A record as one buffer, little-endian, with a checksum over all of it (XXH32). */
export function encodeRecord({
  sequence,
  startsAnew,
  changes,
  invalidations = [],
  floor,
}: JournalRecord): Uint8Array<ArrayBuffer> {
  const groups = new Map<string, number>();
  for (const change of changes) {
    if (change.kind !== 'added') continue;
    const name = nameOf(change.group);
    if (!groups.has(name)) groups.set(name, groups.size);
  }
  const from = headerBytes + groups.size * groupBytes;
  const extra = encodeExtra(changes, invalidations, floor);
  const bytes = new Uint8Array(from + changes.length * changeBytes + extra.length);
  const view = new DataView(bytes.buffer);
  const words = new Uint32Array(bytes.buffer);
  bytes[0] = format;
  bytes[1] = startsAnew ? 1 : 0;
  view.setUint16(2, groups.size, true);
  view.setUint32(4, changes.length, true);
  view.setFloat64(8, sequence, true);
  view.setUint32(extraAt, extra.length, true);
  let at = headerBytes;
  for (const name of groups.keys()) {
    const [partition, model] = name.split(' ') as [string, string];
    putPartition(bytes, at, partition);
    bytes.set(digestBytes(model), at + 8);
    at += groupBytes;
  }
  for (const change of changes) {
    words.set(change.key, at / 4);
    if (change.kind === 'added') {
      view.setFloat64(at + 32, change.createdAt, true);
      view.setUint32(at + 40, change.size, true);
      view.setUint16(at + 44, groups.get(nameOf(change.group))!, true);
    }
    bytes[at + 46] = kinds.indexOf(change.kind);
    at += changeBytes;
  }
  bytes.set(extra, at);
  view.setUint32(checksumAt, xxHash32(bytes), true);
  return bytes;
}

/** A record that can be read; its changes stay packed. */
export interface PackedRecord extends Pick<JournalRecord, 'sequence' | 'startsAnew' | 'floor'> {
  readonly invalidations: readonly Invalidation[];
  /** How many changes it tells of. */
  readonly length: number;
  /** Tells a directory of the changes from one number to before another. */
  apply(directory: Directory, from: number, to: number): void;
  /** The keys of rows that were added or removed. */
  changedKeys(): Iterable<RowKey>;
}

/** `undefined` when it is damaged, or of another format. */
export function decodeRecord(value: unknown): PackedRecord | undefined {
  if (!(value instanceof Uint8Array) || value.length < headerBytes) return undefined;
  // Aligned, and ours to write to.
  const bytes = value.slice();
  const view = new DataView(bytes.buffer);
  const groupCount = view.getUint16(2, true);
  const length = view.getUint32(4, true);
  const from = headerBytes + groupCount * groupBytes;
  const end = from + length * changeBytes;
  if (bytes[0] !== format || bytes.length !== end + view.getUint32(extraAt, true)) return undefined;
  const checksum = view.getUint32(checksumAt, true);
  view.setUint32(checksumAt, 0, true);
  if (xxHash32(bytes) !== checksum) return undefined;
  const extra = decodeExtra(bytes.subarray(end));
  if (extra === undefined) return undefined;
  const groups = Array.from({ length: groupCount }, (_, index) =>
    groupAt(bytes, headerBytes + index * groupBytes),
  );
  const words = new Uint32Array(bytes.buffer, 0, end / 4);
  const keyAt = (at: number): RowKey => words.slice(at / 4, at / 4 + rowKeyWords);
  return {
    sequence: view.getFloat64(8, true),
    startsAnew: bytes[1] === 1,
    length,
    invalidations: extra.invalidations,
    floor: extra.floor,
    apply(directory, first, end) {
      const numbers = groups.map((group) => directory.groupNumber(group));
      for (let index = first; index < end; index++) {
        const at = from + index * changeBytes;
        const key = words.subarray(at / 4, at / 4 + rowKeyWords);
        const kind = kinds[bytes[at + 46]!];
        if (kind === 'added') {
          const group = numbers[view.getUint16(at + 44, true)]!;
          const size = view.getUint32(at + 40, true);
          directory.add(key, group, size, view.getFloat64(at + 32, true), extra.tagsOf(index));
        } else if (kind === 'removed') directory.remove(key);
        else directory.touch(key);
      }
    },
    *changedKeys() {
      for (let at = from; at < end; at += changeBytes) if (bytes[at + 46] !== 2) yield keyAt(at);
    },
  };
}

/** Tells a directory of changes. */
export function applyChanges(directory: Directory, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === 'removed') directory.remove(change.key);
    else if (change.kind === 'touched') directory.touch(change.key);
    else {
      const { key, group, size, createdAt, tags } = change;
      directory.add(key, directory.groupNumber(group), size, createdAt, tags);
    }
  }
}

function nameOf({ partition, model }: Group): string {
  return `${partition} ${model}`;
}

function groupAt(bytes: Uint8Array, at: number): Group {
  return {
    partition: partitionAt(bytes, at),
    model: bytesToHex(bytes.subarray(at + 8, at + groupBytes)),
  };
}
