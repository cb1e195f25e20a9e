import './AnswerLine.css';
import type { Prediction } from '@predcache/core';
import { formatDuration } from '../dashboard/format.js';
import { SourceChip } from './SourceChip.js';

export interface AnswerLineProps {
  readonly prediction: Prediction<unknown>;
  /** ms; `undefined` until known. */
  readonly latency: number | undefined;
}

/** Where the answer came from, how long that took, and what had once computed it. */
export function AnswerLine({ prediction: { source, model, backend }, latency }: AnswerLineProps) {
  return (
    <p className="answer-line">
      <span>
        from <SourceChip source={source} testId="source" />
      </span>
      <span>
        in <strong data-testid="latency">{formatDuration(latency)}</strong>
      </span>
      <span className="answer-line-model">
        {model.name} {model.version} · {backend}
      </span>
    </p>
  );
}
