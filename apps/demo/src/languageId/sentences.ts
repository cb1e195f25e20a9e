/** Splits a text where sentences end, and stops after `limit` of them: the rest of a long text costs nothing. */
export type Splitter = (text: string, limit?: number) => string[];

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
  const parts = Segmenter === undefined ? partsByMarks : partsBySegmenter(Segmenter);
  return (text, limit = Number.POSITIVE_INFINITY) => {
    const sentences: string[] = [];
    for (const part of parts(text)) {
      if (sentences.length >= limit) break;
      if (hasLetters(part)) sentences.push(part.trim());
    }
    return sentences;
  };
}

type Parts = (text: string) => Iterable<string>;

function partsBySegmenter(Segmenter: typeof Intl.Segmenter): Parts {
  const segmenter = new Segmenter(undefined, { granularity: 'sentence' });
  return function* (text) {
    for (const { segment } of segmenter.segment(text)) yield segment;
  };
}

function* partsByMarks(text: string): Generator<string> {
  for (const [part] of text.matchAll(sentence)) yield part;
}
