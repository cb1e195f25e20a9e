import type { Entry } from '../entry.js';
import type { Payload } from '../payload.js';
import { looksLikeTensors } from '../validateTensors.js';
import { ByteReader, Damage } from './byteReader.js';
import { checksumOf, uint32At } from './checksum.js';
import { readFields } from './fields.js';
import { readJson } from './jsonReader.js';
import { checksumAt, flags, formatVersion, lengthAt, magic } from './layout.js';
import { readTensors } from './tensorReader.js';

/** What some bytes turned out to be. `newer` was written by a later version of this package, `older` by an earlier one. */
export type EntryReading =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'damaged' | 'older' | 'newer' };

export interface DecodeEntryOptions {
  /**
   * Whether tensor data may be views into the given buffer, which then must not change and stays in memory as long as
   * they do. Data that does not lie at a multiple of its elements' size is copied all the same; it does lie so where
   * the entry's first byte is at a multiple of 8.
   *
   * @default false
   */
  readonly share?: boolean;
}

/**
 * Reads what `encodeEntry` wrote. Whatever the bytes, this does not throw, and never gives an entry that is not
 * complete and unchanged.
 *
 * @example
 * const reading = decodeEntry(bytes);
 * if (reading.kind === 'entry') show(reading.entry.outputs);
 */
export function decodeEntry(bytes: Uint8Array, { share = false }: DecodeEntryOptions = {}): EntryReading {
  try {
    const own = ownBytes(bytes);
    const kind = kindOf(own);
    if (kind !== 'entry') return { kind };
    if (uint32At(own, checksumAt) !== checksumOf(own)) return { kind: 'damaged' };
    return { kind, entry: readEntry(own, share) };
  } catch {
    return { kind: 'damaged' };
  }
}

/**
 * The bytes themselves, or a copy of them where they lie in memory that may change under the reader: shared with other
 * threads, or resizable. Browsers refuse to decode text from there.
 */
function ownBytes(bytes: Uint8Array): Uint8Array {
  const { buffer } = bytes;
  const isFixed = buffer instanceof ArrayBuffer && (buffer as { resizable?: boolean }).resizable !== true;
  return isFixed ? bytes : new Uint8Array(bytes);
}

/** What the first bytes say. */
function kindOf(bytes: Uint8Array): EntryReading['kind'] {
  if (bytes[1] !== magic[0] || bytes[2] !== magic[1]) return 'damaged';
  const version = bytes[0]!;
  if (version !== formatVersion) return version < formatVersion ? 'older' : 'newer';
  const isWhole = bytes.length > lengthAt + 4 && uint32At(bytes, lengthAt) === bytes.length;
  return isWhole && areFlags(bytes[3]!) ? 'entry' : 'damaged';
}

function areFlags(bits: number): boolean {
  const computedTwice = flags.inCloud | flags.byApp;
  return (bits & ~flags.all) === 0 && (bits & computedTwice) !== computedTwice;
}

function readerOf(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  reader.skip(lengthAt + 4);
  return reader;
}

function readEntry(bytes: Uint8Array, share: boolean): Entry {
  const reader = readerOf(bytes);
  const entryFlags = bytes[3]!;
  const { key, model, createdAt, cost, size, tags, computedBy, backend, freshness } = readFields(
    reader,
    entryFlags,
  );
  const outputs = readOutputs(reader, (entryFlags & flags.tensors) !== 0, share);
  if (reader.left > 0) throw new Damage('Bytes behind the outputs');
  const entry = { key, model, outputs, createdAt, cost, size, tags, computedBy, backend };
  return freshness === undefined ? entry : { ...entry, freshness };
}

function readOutputs(reader: ByteReader, areTensors: boolean, share: boolean): Payload {
  if (areTensors) return readTensors(reader, share);
  const value = readJson(reader);
  if (looksLikeTensors(value)) throw new Damage('JSON that everyone would take for tensors');
  return value;
}
