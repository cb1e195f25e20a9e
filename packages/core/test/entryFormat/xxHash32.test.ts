import { xxHash32 } from '@predcache/core';
import { expect, it } from 'vitest';

/** The bytes that the reference implementation checks itself with. */
function sanityBytes(length: number): Uint8Array {
  let generator = 2654435761n;
  return Uint8Array.from({ length }, () => {
    const byte = Number(generator >> 56n);
    generator = (generator * 11400714785074694797n) & 0xffff_ffff_ffff_ffffn;
    return byte;
  });
}

it.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('gives the published hash of "%s"', (text, hash) => {
  expect(xxHash32(new TextEncoder().encode(text))).toBe(hash);
});

// Made with libxxhash 0.8.1; lengths around every boundary of the algorithm and of this implementation.
it.each([
  [0, 0x02cc5d05, 0x36b78ae7],
  [1, 0xcf65b03e, 0xb4545aa4],
  [3, 0xc23884f5, 0x1a269947],
  [4, 0xa9de7ce9, 0x2baafe83],
  [14, 0x1208e7e2, 0x6af1d1fe],
  [15, 0x6b859e14, 0xad53090d],
  [16, 0x93ba3759, 0xa94fc1e1],
  [17, 0x89fdc23e, 0xc9910739],
  [31, 0x5f40e562, 0x5c0c3350],
  [32, 0xd89829ec, 0xa5c44467],
  [101, 0x1b305cdb, 0x5839bfa6],
  [222, 0x5bd11dbd, 0x58803c5f],
  [511, 0xc79d6f2e, 0x4486b549],
  [512, 0xd485c30a, 0x6ccf94a9],
  [513, 0x6c63c50e, 0xab0cefd4],
  [531, 0x6c09961b, 0x1efede87],
  [1024, 0xc08e0a35, 0x1d62ea25],
  [4999, 0x8fd2699f, 0xd286c0c8],
])("gives the reference implementation's hash of %d bytes, wherever they begin", (length, hash, seeded) => {
  for (let offset = 0; offset < 5; offset++) {
    const buffer = new Uint8Array(length + offset + 3).fill(0xee);
    buffer.set(sanityBytes(length), offset);
    const bytes = buffer.subarray(offset, offset + length);
    expect(xxHash32(bytes)).toBe(hash);
    expect(xxHash32(bytes, 2654435761)).toBe(seeded);
  }
});
