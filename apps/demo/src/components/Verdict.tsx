import './Verdict.css';
import type { PredictionResult } from '@predcache/react';
import type { Answer } from '../dashboard/answers.js';
import { useAnswerLatency } from '../dashboard/useAnswerLatency.js';
import type { LanguagePredictor } from '../languageId/predictors.js';
import type { RankedLanguage, Ranking } from '../languageId/ranking.js';
import { AnswerLine } from './AnswerLine.js';
import { Examples } from './Examples.js';
import { Failure } from './Failure.js';
import { LanguageBadge } from './LanguageBadge.js';
import { LoadingBar } from './LoadingBar.js';
import { Probabilities } from './Probabilities.js';

export interface VerdictProps {
  readonly result: PredictionResult<Ranking>;
  readonly answers: readonly Answer[];
  readonly predictor: LanguagePredictor;
  readonly onRetry: () => void;
  readonly onExample: (text: string) => void;
}

/** The language of the whole text. */
export function Verdict({ result, answers, predictor, onExample, onRetry }: VerdictProps) {
  const { status, prediction, output, isPrevious } = result;
  const latency = useAnswerLatency(prediction, answers);
  const top = output?.[0];
  return (
    <section
      className="verdict"
      data-testid="result"
      data-status={status}
      aria-label="Language of the whole text"
    >
      {/* Changes only with the language: typing does not make a screen reader talk. */}
      <p className="visually-hidden" aria-live="polite">
        {status === 'success' ? headlineOf(top) : ''}
      </p>
      {status === 'idle' && <Examples onExample={onExample} />}
      {status === 'error' && <Failure error={result.error} onRetry={onRetry} />}
      {(status === 'pending' || status === 'success') && (
        <>
          <div className="verdict-top" data-previous={isPrevious || undefined}>
            <h2>{headlineOf(top)}</h2>
            <LanguageBadge language={top} isPrevious={isPrevious} testId="language" />
          </div>
          <Probabilities ranking={output} />
          <div className="verdict-foot">
            <LoadingBar predictor={predictor} isWaiting={status === 'pending'}>
              {prediction !== undefined && <AnswerLine prediction={prediction} latency={latency} />}
            </LoadingBar>
          </div>
        </>
      )}
    </section>
  );
}

/** Below this the model only guesses, as it does at a language or script that it has never seen. */
const leastSure = 0.3;

function headlineOf(top: RankedLanguage | undefined): string {
  if (top === undefined) return 'Reading …';
  return top.probability < leastSure ? 'Not sure' : top.name;
}
