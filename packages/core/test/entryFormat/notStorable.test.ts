import { type Entry, encodeEntry, PredcacheError } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { expect, it } from 'vitest';

const cyclic: unknown[] = [];
cyclic.push(cyclic);
const sparse = new Array<number>(3);
const throwing = {
  get x(): number {
    throw new Error('from a getter');
  },
};
const tensor = (changes: object) => ({
  x: { type: 'float32', dims: [2], data: new Float32Array(2), ...changes },
});

it.each<[string, object | null, RegExp]>([
  ['null', null, /no entry/],
  ['no key', { key: undefined }, /key is of type undefined/],
  ['a model that is no string', { model: 7 }, /model is 7/],
  ['createdAt NaN', { createdAt: Number.NaN }, /createdAt is NaN/],
  ['a negative cost', { cost: -1 }, /cost is -1/],
  ['an infinite size', { size: Number.POSITIVE_INFINITY }, /size is Infinity/],
  ['computedBy elsewhere', { computedBy: 'elsewhere' }, /computedBy/],
  ['no backend', { backend: null }, /backend is null/],
  ['tags with holes', { tags: new Array(1) }, /tags/],
  ['tags of numbers', { tags: [1] }, /tags/],
  ['tags no array', { tags: 'a' }, /tags/],
  ['a freshness that is none', { freshness: 7 }, /freshness is 7/],
  ['a lifetime of NaN', { freshness: { ttl: Number.NaN } }, /freshness/],
  ['a negative time', { freshness: { staleIfError: -1 } }, /freshness/],
  ['an etag that is no text', { freshness: { etag: 7 } }, /freshness/],
  ['no outputs', { outputs: undefined }, /type undefined/],
  ['a function', { outputs: () => 1 }, /type function/],
  ['a bigint within', { outputs: [{ a: 1n }] }, /type bigint/],
  ['a member that is undefined', { outputs: { a: undefined } }, /type undefined/],
  ['a date', { outputs: [new Date(0)] }, /class Date/],
  ['a map', { outputs: new Map() }, /class Map/],
  ['a typed array without dims', { outputs: new Float32Array(2) }, /class Float32Array/],
  ['a sparse array', { outputs: sparse }, /type undefined/],
  ['a cycle', { outputs: cyclic }, /deeper than 1000 levels, or in itself/],
  ['a getter that throws', { outputs: throwing }, /from a getter/],
  ['dims that do not fit', { outputs: tensor({ dims: [3] }) }, /hold 3 elements, its data 2.*tensor "x"/],
  ['an unknown type', { outputs: tensor({ type: 'float8' }) }, /Unknown tensor type/],
  ['data of another type', { outputs: tensor({ data: new Float64Array(2) }) }, /Float64Array/],
  ['tensors among other things', { outputs: { ...tensor({}), y: 1 } }, /tensor "y"/],
])('refuses %s', (_what, changes, message) => {
  const entry = (changes === null ? null : { ...sampleEntry(1), ...changes }) as Entry;
  let error: unknown;
  try {
    encodeEntry(entry);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PredcacheError);
  expect((error as PredcacheError).code).toBe('STORAGE_FAILED');
  expect((error as PredcacheError).message).toMatch(message);
  // A refusal in the middle leaves nothing behind.
  expect(encodeEntry(sampleEntry(2))).toEqual(encodeEntry(structuredClone(sampleEntry(2))));
});

it('encodes an entry whose getter encodes another', () => {
  const outputs = {
    get inner() {
      return encodeEntry(sampleEntry(2)).length;
    },
  };
  const expected = encodeEntry(sampleEntry(1, { outputs: { inner: encodeEntry(sampleEntry(2)).length } }));
  const { size } = sampleEntry(1, { outputs: { inner: 1 } });
  expect(encodeEntry({ ...sampleEntry(1), size, outputs })).toEqual(expected);
});
