import type { PredcacheError, Prediction } from '@predcache/core';

interface Common {
  /** Asks again after an error. Does nothing in any other state. */
  readonly retry: () => void;
}

/** There is nothing to predict: the input is `undefined`, or `enabled` is false. */
export interface IdleResult extends Common {
  readonly status: 'idle';
  readonly prediction: undefined;
  readonly output: undefined;
  readonly error: undefined;
  readonly isPending: false;
  readonly isPrevious: false;
}

/** The answer is on its way. With `keepPrevious`, `prediction` is meanwhile the last answer, of an older input. */
export interface PendingResult<Output> extends Common {
  readonly status: 'pending';
  readonly prediction: Prediction<Output> | undefined;
  readonly output: Output | undefined;
  readonly error: undefined;
  readonly isPending: true;
  /** True when `prediction` answers an older input. */
  readonly isPrevious: boolean;
}

/** The answer to this very input. */
export interface SuccessResult<Output> extends Common {
  readonly status: 'success';
  readonly prediction: Prediction<Output>;
  /** `prediction.output`. */
  readonly output: Output;
  readonly error: undefined;
  readonly isPending: false;
  readonly isPrevious: false;
}

/** No tier knew the answer, and no engine could compute it. */
export interface ErrorResult extends Common {
  readonly status: 'error';
  readonly prediction: undefined;
  readonly output: undefined;
  readonly error: PredcacheError;
  readonly isPending: false;
  readonly isPrevious: false;
}

/** What `usePrediction` gives; tell the states apart by `status`. */
export type PredictionResult<Output> =
  | IdleResult
  | PendingResult<Output>
  | SuccessResult<Output>
  | ErrorResult;
