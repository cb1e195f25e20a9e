import { bytesToHex, decodeEntry, type Entry, type EntryReading } from '@predcache/core';
import type { RowFacts } from './directory.js';
import { joined } from './joined.js';
import type { RowCipher } from './rowCipher.js';
import { noTags } from './rowGroups.js';
import { digestBytes, isDigest, partitionAt, putPartition, type RowKey } from './rowKey.js';
import type { Encoded } from './write.js';

/** The version of a row's header. A row of an older format is a miss and is removed; one of a newer format is a miss. */
const format = 1;
const encryptedFlag = 1;
// format, flags, number of tags (u16), size (u32), creation time (f64), partition (8 bytes), model (32 bytes), then what
// stands for each tag (8 bytes); a multiple of 8, so that the tensors of the entry behind it can be read in place.
const tagsAt = 2;
const partitionStart = 16;
const modelAt = 24;
/** Without tags. */
const headerBytes = 56;
const tagBytes = 8;
/** Tags that a row can have. */
export const mostTags = 2 ** 16 - 1;

export interface RowOptions {
  /** 16 hexadecimal digits; empty for none. */
  readonly partition: string;
  readonly cipher: RowCipher | undefined;
  /** What stands for the entry's tags, each once; 16 hexadecimal digits. */
  readonly tags?: readonly string[];
}

/**
 * Makes the row of an entry: little-endian, a header from which the directory can be made anew, then the entry in core's
 * format, which has a checksum, or the same encrypted.
 */
export function toRow(
  { entry, body }: Encoded,
  key: RowKey,
  { partition, cipher, tags = noTags }: RowOptions,
): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  const header = headerOf(entry, partition, tags, cipher !== undefined);
  if (cipher === undefined) return joined(header, body);
  return cipher.encrypt(body, bound(header, key)).then((encrypted) => joined(header, encrypted));
}

/**
 * Reads what is stored under a key. Whatever it is, this does not throw or reject.
 *
 * @param askedKey whose entry it must be; `undefined` for whosever it is
 */
export function readRow(
  value: unknown,
  key: RowKey,
  askedKey: string | undefined,
  cipher: RowCipher | undefined,
): EntryReading | Promise<EntryReading> {
  if (!isBytes(value) || value.length < headerBytes) return { kind: 'damaged' };
  if (value[0] !== format) return { kind: formatKind(value[0]!) };
  const isEncrypted = (value[1]! & encryptedFlag) !== 0;
  const bodyAt = bodyStart(value);
  const body = value.subarray(bodyAt);
  // Written with another setting: of no use here.
  if (isEncrypted !== (cipher !== undefined)) return { kind: 'older' };
  if (cipher === undefined) return asked(decodeEntry(body, { share: true }), askedKey);
  return cipher
    .decrypt(body, bound(value.subarray(0, bodyAt), key))
    .then((decrypted) =>
      decrypted === undefined
        ? { kind: 'damaged' as const }
        : asked(decodeEntry(decrypted, { share: true }), askedKey),
    );
}

/** What the header says; `undefined` when it is none of ours, or of another format. */
export function factsOfRow(value: unknown): RowFacts | undefined {
  if (!(value instanceof Uint8Array) || value.length < headerBytes || value[0] !== format) return undefined;
  const view = new DataView(value.buffer, value.byteOffset);
  const createdAt = view.getFloat64(8, true);
  if (!Number.isFinite(createdAt) || value.length < bodyStart(value)) return undefined;
  return {
    partition: partitionAt(value, partitionStart),
    model: bytesToHex(value.subarray(modelAt, headerBytes)),
    size: view.getUint32(4, true),
    createdAt,
    tags: tagsOf(value),
  };
}

/** The entry in core's format, of a row that is not encrypted. */
export function rowBody(row: Uint8Array): Uint8Array {
  return row.subarray(bodyStart(row));
}

/** By what the directory counts an entry. */
export function rowSize({ size }: Entry): number {
  return Math.ceil(size);
}

/** By what the directory knows a model. */
export function modelDigest(model: string): string {
  return isDigest(model) ? model : bytesToHex(digestBytes(model));
}

function headerOf(
  entry: Entry,
  partition: string,
  tags: readonly string[],
  isEncrypted: boolean,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(headerBytes + tags.length * tagBytes);
  const view = new DataView(header.buffer);
  header[0] = format;
  header[1] = isEncrypted ? encryptedFlag : 0;
  view.setUint32(4, rowSize(entry), true);
  view.setFloat64(8, entry.createdAt, true);
  putPartition(header, partitionStart, partition);
  header.set(digestBytes(entry.model), modelAt);
  view.setUint16(tagsAt, tags.length, true);
  for (const [index, tag] of tags.entries())
    view.setBigUint64(headerBytes + index * tagBytes, BigInt(`0x${tag}`), false);
  return header;
}

function tagCount(row: Uint8Array): number {
  return row[tagsAt]! | (row[tagsAt + 1]! << 8);
}

function bodyStart(row: Uint8Array): number {
  return headerBytes + tagCount(row) * tagBytes;
}

function tagsOf(row: Uint8Array): readonly string[] {
  return Array.from({ length: tagCount(row) }, (_, index) => {
    const at = headerBytes + index * tagBytes;
    return bytesToHex(row.subarray(at, at + tagBytes));
  });
}

/** A row that was put under another key, or behind another header, must not pass for what it is not. */
function bound(header: Uint8Array, key: RowKey): Uint8Array<ArrayBuffer> {
  return joined(header, new Uint8Array(key.buffer, key.byteOffset, key.byteLength));
}

function asked(reading: EntryReading, key: string | undefined): EntryReading {
  return reading.kind === 'entry' && key !== undefined && reading.entry.key !== key
    ? { kind: 'damaged' }
    : reading;
}

/** What comes out of a database is in no shared memory. */
function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}

function formatKind(found: number): 'older' | 'newer' | 'damaged' {
  if (found === 0) return 'damaged';
  return found < format ? 'older' : 'newer';
}
