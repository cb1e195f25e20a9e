import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createToChars, type Vocabulary } from '../src/languageId/toChars.js';

const models = new URL('../../../models/', import.meta.url);
const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, models), 'utf8'));
const vocabulary = readJson('language-id.json') as Vocabulary;
const vectors = readJson('normalisation-vectors.json') as { text: string; ids: number[] }[];
const toChars = createToChars(vocabulary);
const idsOf = (text: string) => [...toChars(text)];

describe('the same numbers as the training has', () => {
  test('there are vectors', () => expect(vectors.length).toBeGreaterThan(20));

  test.each(vectors)('$text', ({ text, ids }) => {
    expect(idsOf(text)).toEqual(ids);
  });
});

test('the numbers are an Int32Array of their own, which may be transferred', () => {
  const chars = toChars('hello');
  expect(chars).toBeInstanceOf(Int32Array);
  expect(chars.buffer.byteLength).toBe(chars.length * 4);
  expect(toChars('hello').buffer).not.toBe(chars.buffer);
});

const anyText = fc.string({ unit: 'binary', maxLength: 2500 });

test('any text: never empty, never padding, never longer than the models read, all in the vocabulary', () => {
  const largest = [...vocabulary.characters].length + 1;
  fc.assert(
    fc.property(anyText, (text) => {
      const ids = idsOf(text);
      expect(ids.length).toBeGreaterThan(0);
      expect(ids.length).toBeLessThanOrEqual(vocabulary.maxLength);
      expect(ids.every((id) => id >= 1 && id <= largest)).toBe(true);
    }),
  );
});

test('what differs in white space and composition only shares its numbers, and so its entry', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(idsOf(`\n ${text}\t`)).toEqual(idsOf(text));
      expect(idsOf(text.replaceAll(' ', ' \u00a0\n'))).toEqual(idsOf(text));
      expect(idsOf(text.normalize('NFD'))).toEqual(idsOf(text));
    }),
  );
});

test('the case does not matter for letters that have one', () => {
  expect(idsOf('ÉTÉ À PARIS, ЁЛКА')).toEqual(idsOf('été à paris, ёлка'));
});

test('lone surrogates are unknown characters, not errors', () => {
  expect(idsOf('\ud800')).toEqual([1]);
  expect(idsOf('a\udfffb')).toEqual([3, 1, 4]);
});
