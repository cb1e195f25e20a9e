/** Splits a text where sentences end. Given by `createSplitter`. */
export type Splitter = (text: string) => string[];

/** Ends of sentences, quotes and brackets after them included, and ends of lines. */
const sentence = /[^\n.!?…;]*(?:[.!?…;]+["'”’»)\]]*|\n|$)/gu;
const letter = /\p{L}/u;

/** True when there is something a language can be told from. */
export function hasLetters(text: string): boolean {
  return letter.test(text);
}

/**
 * Splits into sentences, without the white space around them and without those that hold no letter.
 *
 * @param Segmenter `Intl.Segmenter`; without it (Firefox before 125) a rule of thumb stands in.
 */
export function createSplitter(Segmenter: typeof Intl.Segmenter | undefined = Intl.Segmenter): Splitter {
  const split =
    Segmenter === undefined
      ? splitByMarks
      : splitBySegmenter(new Segmenter(undefined, { granularity: 'sentence' }));
  return (text) =>
    split(text)
      .map((part) => part.trim())
      .filter(hasLetters);
}

function splitBySegmenter(segmenter: Intl.Segmenter): Splitter {
  return (text) => Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function splitByMarks(text: string): string[] {
  return text.match(sentence) ?? [];
}
