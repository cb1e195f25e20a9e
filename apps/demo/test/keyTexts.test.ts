import { expect, test } from 'vitest';
import { KeyTexts } from '../src/keyTexts.js';

test('keeps the newest texts, shortened, and never more than it may', () => {
  const texts = new KeyTexts();
  for (let index = 0; index < 1000; index++) texts.set(String(index), 'x'.repeat(500));
  expect(texts.get('0')).toBeUndefined();
  expect(texts.get('999')).toHaveLength(80);
  const kept = Array.from({ length: 1000 }, (_, index) => texts.get(String(index)));
  expect(kept.filter((text) => text !== undefined)).toHaveLength(400);
});

test('a text set again is among the newest', () => {
  const texts = new KeyTexts();
  texts.set('first', 'a');
  for (let index = 0; index < 399; index++) texts.set(String(index), 'b');
  texts.set('first', 'a');
  texts.set('one more', 'c');
  expect(texts.get('first')).toBe('a');
  expect(texts.get('0')).toBeUndefined();
});
