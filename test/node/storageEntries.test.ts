import { entrySize } from '@predcache/core';
import { expect, it } from 'vitest';
import {
  absentKeyOf,
  dataOf,
  entriesFrom,
  keysFrom,
  modelDigest,
  numberOf,
} from '../bench/storage/page/entries.js';

it('makes entries as the pipeline does, each with a key and data of its own', () => {
  const entries = entriesFrom(99_000, 2_000, 25);
  expect(entries.map(({ key }) => key)).toEqual(keysFrom(99_000, 2_000));
  expect(entries.map(numberOf)).toEqual(entries.map((_, index) => 99_000 + index));
  for (const entry of entries) {
    expect(entry.key).toMatch(/^[0-9a-f]{64}$/);
    expect(dataOf(entry).byteLength).toBe(100);
    expect(entry.size).toBe(entrySize(entry.outputs, entry.tags));
  }
  expect(numberOf(undefined)).toBeUndefined();
});

it('gives no key twice, nor one that is said to be absent', () => {
  const numbers = Array.from({ length: 20_000 }, (_, number) => number);
  const keys = [...keysFrom(0, 20_000), ...keysFrom(10_000_000, 20_000), ...numbers.map(absentKeyOf)];
  expect(new Set([...keys, modelDigest]).size).toBe(60_001);
});
