import type { Tensors } from '@predcache/core';
import { expect, test } from 'vitest';
import { createRank } from '../src/languageId/ranking.js';

const languages = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'German' },
  { code: 'fr', name: 'French' },
  { code: 'el', name: 'Greek' },
];

const outputsOf = (...probabilities: number[]): Tensors => ({
  probabilities: {
    type: 'float32',
    dims: [1, probabilities.length],
    data: Float32Array.from(probabilities),
  },
});

test('the three likeliest, the likeliest first', () => {
  expect(createRank(languages)(outputsOf(0.125, 0.5, 0.25, 0.0625))).toEqual([
    { code: 'de', name: 'German', probability: 0.5 },
    { code: 'fr', name: 'French', probability: 0.25 },
    { code: 'en', name: 'English', probability: 0.125 },
  ]);
});

test('fewer languages than places', () => {
  expect(createRank(languages.slice(0, 1))(outputsOf(1))).toHaveLength(1);
});

test.each([
  ['none at all', {}],
  ['too few of them', outputsOf(1)],
  ['another type', { probabilities: { type: 'int32', dims: [1, 4], data: new Int32Array(4) } } as Tensors],
])('%s: an error that says what was expected', (_name, outputs) => {
  expect(() => createRank(languages)(outputs)).toThrow(/^Expected probabilities float32 \[1,4\], found /);
});
