import type { Tensors } from '@predcache/core';

export interface Language {
  /** ISO 639-1, for instance `fr`. */
  readonly code: string;
  /** In English. */
  readonly name: string;
}

export interface RankedLanguage extends Language {
  /** 0 to 1. */
  readonly probability: number;
}

/** The most likely languages, the likeliest first; never empty. */
export type Ranking = readonly [RankedLanguage, ...RankedLanguage[]];

/**
 * Makes the `decode` of the language models: the tensor `probabilities`, [1, languages], to the likeliest languages.
 *
 * @throws {TypeError} when the outputs do not belong to these languages.
 */
export function createRank(languages: readonly Language[], count = 3): (outputs: Tensors) => Ranking {
  return ({ probabilities }) => {
    if (probabilities?.type !== 'float32' || probabilities.data.length !== languages.length) {
      const found = probabilities === undefined ? 'none' : `${probabilities.type} [${probabilities.dims}]`;
      throw new TypeError(`Expected probabilities float32 [1,${languages.length}], found ${found}`);
    }
    const { data } = probabilities;
    const [first, ...others] = languages
      .map((language, index) => ({ ...language, probability: data[index]! }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count);
    if (first === undefined) throw new TypeError('There are no languages to choose from');
    return [first, ...others];
  };
}
