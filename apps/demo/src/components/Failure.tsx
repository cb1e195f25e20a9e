import './Failure.css';
import type { PredcacheError } from '@predcache/core';
import { reasonOf } from '../notices/reasonOf.js';

export interface FailureProps {
  readonly error: PredcacheError;
  readonly onRetry: () => void;
}

export function Failure({ error, onRetry }: FailureProps) {
  return (
    <div className="failure" role="alert" data-testid="error">
      <h2>No answer</h2>
      <p>{sentenceOf(reasonOf(error))}</p>
      <details className="failure-details">
        <summary>
          Details <code>{error.code}</code>
        </summary>
        <p>{error.message}</p>
      </details>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function sentenceOf(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
