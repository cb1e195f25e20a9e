import type { InferenceMode } from '@predcache/core';
import { type PredictionResult, usePrediction } from '@predcache/react';
import { useContext } from 'react';
import { formatShare } from '../dashboard/format.js';
import { KeyTextsContext, useKeyText } from '../keyTexts.js';
import type { LanguagePredictor } from '../languageId/predictors.js';
import type { Ranking } from '../languageId/ranking.js';
import { reasonOf } from '../notices/reasonOf.js';
import { RetryContext, useRetryWhen } from '../useRetryWhen.js';
import { LanguageBadge } from './LanguageBadge.js';
import { SourceChip } from './SourceChip.js';

export interface AskedSentenceProps {
  readonly text: string;
  readonly predictor: LanguagePredictor;
  readonly inferenceMode: InferenceMode;
}

/** A sentence that asks for its own language. */
export function AskedSentence({ text, predictor, inferenceMode }: AskedSentenceProps) {
  const result = usePrediction(predictor, text, { inferenceMode, keepPrevious: true });
  useKeyText(useContext(KeyTextsContext), result, text);
  useRetryWhen(result.retry, useContext(RetryContext));
  return <SentenceRow text={text} result={result} />;
}

export function SentenceRow({ text, result }: { text: string; result: PredictionResult<Ranking> }) {
  const { output, prediction, status } = result;
  return (
    <li className="sentence" data-testid="sentence" data-status={status}>
      <LanguageBadge language={output?.[0]} isPrevious={result.isPrevious} testId="sentence-language" />
      <span className="sentence-text" lang={output?.[0].code} dir="auto">
        {text}
      </span>
      <span className="sentence-others">
        {status === 'error'
          ? reasonOf(result.error)
          : output?.map(({ code, probability }) => `${code} ${formatShare(probability)}`).join(' · ')}
      </span>
      {prediction !== undefined && <SourceChip source={prediction.source} testId="sentence-source" />}
    </li>
  );
}
