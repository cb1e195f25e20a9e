import './Failure.css';
import type { PredcacheError } from '@predcache/core';

export interface FailureProps {
  readonly error: PredcacheError;
  readonly onRetry: () => void;
}

export function Failure({ error, onRetry }: FailureProps) {
  return (
    <div className="failure" role="alert" data-testid="error">
      <h2>No answer</h2>
      <p>{error.what}.</p>
      <p className="failure-code">{error.code}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
