import { lengthAt } from './layout.js';
import { xxHash32 } from './xxHash32.js';

/** The checksum an entry's bytes should have. */
export function checksumOf(bytes: Uint8Array): number {
  return xxHash32(bytes.subarray(lengthAt), uint32At(bytes, 0));
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function putUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 4; index++) bytes[at + index] = value >>> (index * 8);
}
