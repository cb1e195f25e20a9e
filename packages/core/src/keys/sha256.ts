import { sha256 as hashNow } from '@noble/hashes/sha2.js';

/**
 * Up to here hashing on the spot costs less than the way to WebCrypto and back would, or little more, and keeps a hit
 * synchronous; beyond, WebCrypto is faster and does not hold up the page. See FACTS in `docs/benchmarks.md`.
 */
const largestHashedNow = 4096;

/** SHA-256 (FIPS 180-4) as 64 hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(hashNow(bytes));
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return hashNow(bytes);
}

/**
 * As `sha256Hex`, off the calling thread for large inputs. The bytes are read before this returns, so the caller may
 * reuse their buffer at once. Pages without a secure context have no WebCrypto: there everything is hashed on the spot.
 */
export function sha256HexOf(bytes: Uint8Array<ArrayBuffer>): string | Promise<string> {
  if (bytes.length <= largestHashedNow) return sha256Hex(bytes);
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return sha256Hex(bytes);
  return subtle.digest('SHA-256', bytes).then((digest) => bytesToHex(new Uint8Array(digest)));
}

const digits = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** `Uint8Array.prototype.toHex`, where the platform has it (ECMAScript 2026). */
const native = (Uint8Array.prototype as { toHex?: () => string }).toHex;

/**
 * Two lower-case hexadecimal digits a byte, as one flat string. Put together piece by piece it would stay a tree of pieces in V8, which takes seven times the
 * memory for as long as the key lives.
 *
 * @example
 * bytesToHex(new Uint8Array([0, 255])); // '00ff'
 */
export function bytesToHex(bytes: Uint8Array): string {
  if (native !== undefined) return native.call(bytes);
  const codes: number[] = [];
  for (const byte of bytes) codes.push(digits[byte >> 4]!, digits[byte & 15]!);
  return String.fromCharCode(...codes);
}
