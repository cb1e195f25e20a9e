import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesToHex } from '@predcache/core';

/** What a row is found by: 32 bytes, as 8 words. Its buffer is the key in the database. */
export type RowKey = Uint32Array<ArrayBuffer>;

export const rowKeyWords = 8;

const digest = /^[0-9a-f]{64}$/;

/** Whether a text is 64 lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  return digest.test(text);
}

/**
 * The row key of an entry's key: the digest itself. Whoever gives a secret gets rows that nobody finds without it, and
 * whose keys tell nothing about inputs that can be guessed: HMAC-SHA-256 (RFC 2104) of the digest.
 */
export function rowKeyOf(key: string, secret?: Uint8Array): RowKey {
  if (secret !== undefined) return fromBytes(hmac(sha256, secret, utf8ToBytes(key)));
  return isDigest(key) ? fromHex(key) : fromBytes(sha256(utf8ToBytes(key)));
}

/** The 32 bytes that stand for a text: what it says in hexadecimal digits, or its SHA-256. */
export function digestBytes(text: string): Uint8Array {
  return new Uint8Array(rowKeyOf(text).buffer);
}

/** Writes a partition's 16 hexadecimal digits as 8 bytes; zeros for none. */
export function putPartition(target: Uint8Array, at: number, partition: string): void {
  for (let byte = 0; byte < 8; byte++)
    target[at + byte] = Number.parseInt(partition.slice(2 * byte, 2 * byte + 2) || '0', 16);
}

/** What `putPartition` wrote. */
export function partitionAt(source: Uint8Array, at: number): string {
  const bytes = source.subarray(at, at + 8);
  return bytes.some((byte) => byte !== 0) ? bytesToHex(bytes) : '';
}

function fromBytes(bytes: Uint8Array): RowKey {
  return new Uint32Array(bytes.slice().buffer);
}

function fromHex(key: string): RowKey {
  const bytes = new Uint8Array(32);
  for (let at = 0; at < 32; at++)
    bytes[at] = (digitValue(key.charCodeAt(2 * at)) << 4) | digitValue(key.charCodeAt(2 * at + 1));
  return new Uint32Array(bytes.buffer);
}

function digitValue(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
