import type { Entry } from '../entry.js';
import { putUint32, uint32At } from '../entryFormat/checksum.js';
import { decodeEntry } from '../entryFormat/decodeEntry.js';
import { encodeEntry } from '../entryFormat/encodeEntry.js';
import { xxHash32 } from '../entryFormat/xxHash32.js';
import { bytesToHex } from '../keys/sha256.js';
import type { OriginWrite } from './origin.js';

// A record: version, two letters, a byte that is 0, 4 bytes checksum of the 16 behind it, 16 bytes idempotency key,
// the entry, which has a checksum of its own. The entry begins at a multiple of 8, as tensor data wants it.
const version = 1;
const magic = [0x4f, 0x57] as const;
const checksumAt = 4;
const idempotencyAt = 8;
const idempotencyLength = 16;
const entryAt = idempotencyAt + idempotencyLength;

/** What a record turned out to be. `newer` was written by a later version of this package, which will deliver it. */
export type RecordReading =
  | { readonly kind: 'write'; readonly write: OriginWrite }
  | { readonly kind: 'damaged' | 'newer' };

/**
 * A write with an idempotency key of its own, as bytes: what becomes of the entry afterwards does not matter.
 *
 * @throws {PredcacheError} `STORAGE_FAILED` for what is no entry.
 */
export function encodeWrite(entry: Entry): Uint8Array<ArrayBuffer> {
  const body = encodeEntry(entry);
  const bytes = new Uint8Array(entryAt + body.length);
  bytes.set([version, ...magic]);
  crypto.getRandomValues(bytes.subarray(idempotencyAt, entryAt));
  putUint32(bytes, checksumAt, xxHash32(bytes.subarray(idempotencyAt, entryAt)));
  bytes.set(body, entryAt);
  return bytes;
}

/** Reads what `encodeWrite` wrote. Whatever the bytes, this does not throw. */
export function decodeWrite(bytes: Uint8Array): RecordReading {
  if (bytes.length <= entryAt || bytes[1] !== magic[0] || bytes[2] !== magic[1]) return { kind: 'damaged' };
  if (bytes[0]! > version) return { kind: 'newer' };
  const id = bytes.subarray(idempotencyAt, entryAt);
  if (bytes[0] !== version || uint32At(bytes, checksumAt) !== xxHash32(id)) return { kind: 'damaged' };
  const reading = decodeEntry(bytes.subarray(entryAt));
  if (reading.kind === 'newer') return { kind: 'newer' };
  if (reading.kind !== 'entry') return { kind: 'damaged' };
  return { kind: 'write', write: { idempotencyKey: bytesToHex(id), entry: reading.entry } };
}
