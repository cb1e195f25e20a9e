import { type Entry, entrySize, type Tensor } from '@predcache/core';
import { mix32 } from '../../support/mix32.js';

/** Digest of a model that is never loaded: only what is stored of it is measured. */
export const modelDigest = digestOf(2 ** 28 - 1);

/** As of a prediction's key: 64 hexadecimal digits that look random, different ones for different numbers below 2^28. */
export function keyOf(number: number): string {
  return digestOf(number);
}

/** Of no entry that is ever stored. */
export function absentKeyOf(number: number): string {
  return digestOf(2 ** 27 + number);
}

export function keysFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => keyOf(first + index));
}

/** As the pipeline would make it of a model with one output. @param classes How many numbers there are in it. */
export function entryOf(number: number, classes = 12): Entry {
  const data = new Float32Array(classes).fill(1 / classes);
  data[0] = number;
  const outputs = { probabilities: { type: 'float32', dims: [1, classes], data } } as const;
  return {
    key: keyOf(number),
    model: modelDigest,
    outputs,
    createdAt: Date.now(),
    cost: 3.5,
    size: entrySize(outputs, []),
    tags: [],
    computedBy: 'on_device',
    backend: 'wasm',
  };
}

export function entriesFrom(first: number, count: number, classes?: number): Entry[] {
  return Array.from({ length: count }, (_, index) => entryOf(first + index, classes));
}

/** The tensor's data. */
export function dataOf({ outputs }: Entry): Float32Array<ArrayBuffer> {
  return (outputs as Readonly<Record<string, Tensor>>).probabilities!.data as Float32Array<ArrayBuffer>;
}

/** The number that an entry was made of; `undefined` where there is none. */
export function numberOf(entry: Entry | undefined): number | undefined {
  return entry && dataOf(entry)[0];
}

function digestOf(number: number): string {
  let digits = '';
  for (let word = 1; word <= 8; word++) {
    digits += (mix32(number * 8 + word) >>> 0).toString(16).padStart(8, '0');
  }
  return digits;
}
