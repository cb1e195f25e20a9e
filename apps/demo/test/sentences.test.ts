import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSplitter, hasLetters } from '../src/languageId/sentences.js';

/** As in a browser without it. */
const withoutSegmenter = () => {
  const { Segmenter } = Intl;
  try {
    Object.assign(Intl, { Segmenter: undefined });
    return createSplitter();
  } finally {
    Object.assign(Intl, { Segmenter });
  }
};

describe.each([
  ['with Intl.Segmenter', createSplitter()],
  ['without it', withoutSegmenter()],
])('%s', (_name, split) => {
  test.each([
    ['', []],
    [' \n ', []],
    ['12:30 … 42!', []],
    ['bonjour', ['bonjour']],
    ['Bonjour tout le monde. Das Wetter ist schön!', ['Bonjour tout le monde.', 'Das Wetter ist schön!']],
    ['  Where?  Over there.  ', ['Where?', 'Over there.']],
    ['first line\nsecond line', ['first line', 'second line']],
  ])('%j', (text, sentences) => {
    expect(split(text)).toEqual(sentences);
  });

  test('stops at the limit', () => {
    expect(split('One. Two. Three. Four.', 2)).toEqual(['One.', 'Two.']);
  });

  test('no letter of any text is lost, and every sentence has one', () => {
    const lettersOf = (text: string) => text.match(/\p{L}/gu)?.join('') ?? '';
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const sentences = split(text);
        expect(lettersOf(sentences.join(' '))).toBe(lettersOf(text));
        expect(sentences.every(hasLetters)).toBe(true);
      }),
    );
  });
});

test.each([
  ['abc', true],
  ['Ж', true],
  ['漢', true],
  ['', false],
  [' \n', false],
  ['123 .,! 👋', false],
])('hasLetters(%j) is %s', (text, expected) => {
  expect(hasLetters(text)).toBe(expected);
});
