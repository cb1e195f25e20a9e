import './Sentences.css';
import type { InferenceMode } from '@predcache/core';
import type { PredictionResult } from '@predcache/react';
import type { LanguagePredictor } from '../languageId/predictors.js';
import type { Ranking } from '../languageId/ranking.js';
import { AskedSentence, SentenceRow } from './SentenceRow.js';

/** Rows at most. */
export const maxSentences = 60;

export interface SentencesProps {
  /** One more than `maxSentences` where there are more. */
  readonly sentences: readonly string[];
  /** The answer for the whole text: where that is one sentence, asking again would only count twice. */
  readonly whole: PredictionResult<Ranking>;
  readonly predictor: LanguagePredictor;
  readonly inferenceMode: InferenceMode;
}

/** The language of each sentence. */
export function Sentences({ sentences, whole, predictor, inferenceMode }: SentencesProps) {
  if (sentences.length === 0) return null;
  const [only] = sentences;
  return (
    <section className="sentences">
      <h2>Sentence by sentence</h2>
      <ol>
        {sentences.length === 1 && only !== undefined ? (
          <SentenceRow text={only} result={whole} />
        ) : (
          sentences.slice(0, maxSentences).map((text, index) => (
            <AskedSentence
              // A sentence being typed stays the same row, and so keeps its last answer until the next one.
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity
              key={index}
              text={text}
              predictor={predictor}
              inferenceMode={inferenceMode}
            />
          ))
        )}
      </ol>
      {sentences.length > maxSentences && <p>The first {maxSentences} sentences are shown.</p>}
    </section>
  );
}
