import { putUint32, uint32At } from '../checksum.js';
import { xxHash32 } from '../xxHash32.js';

/** How a stream begins: a byte that is no text, `PCE`, the version in one byte, three that are 0. */
export const streamStart = [0x89, 0x50, 0x43, 0x45, 1, 0, 0, 0] as const;
/** Where in it the version stands. */
export const streamVersionAt = 4;

/** Before each entry: its length and a checksum of that. After the last entry a length of 0 and the number of entries. */
export const frameHeadSize = 8;

/** Fills in the head of a frame. */
export function putFrameHead(target: Uint8Array, length: number): void {
  putUint32(target, 0, length);
  putUint32(target, 4, xxHash32(target.subarray(0, 4)));
}

/** The length in a frame's head, or `undefined` where it is damaged. */
export function frameLength(head: Uint8Array): number | undefined {
  return uint32At(head, 4) === xxHash32(head.subarray(0, 4)) ? uint32At(head, 0) : undefined;
}
