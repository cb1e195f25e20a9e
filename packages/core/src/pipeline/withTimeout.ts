import { firstOf } from '../abortSignals.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { PredictOptions } from '../predictor.js';
import { validateTimeout } from '../predictorOptions.js';

/**
 * Makes a call that is left when its time is up, as if its signal had aborted.
 *
 * @throws {PredcacheError} `PREDICT_TIMEOUT`; `OPTIONS_INVALID`; what the call rejects with
 */
export function withTimeout<Result>(
  options: PredictOptions,
  usual: number | undefined,
  call: (options: PredictOptions) => Promise<Result>,
): Promise<Result> {
  const { timeout = usual } = options;
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) return call(options);
  return callInTime(options, timeout, call);
}

async function callInTime<Result>(
  options: PredictOptions,
  timeout: number,
  call: (options: PredictOptions) => Promise<Result>,
): Promise<Result> {
  validateTimeout(timeout);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(timedOut(timeout)), Math.min(timeout, longestTimer));
  const { signal, release } = firstOf(options.signal, late.signal);
  try {
    return await call({ ...options, timeout, signal });
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** ms; timers of more fire at once. */
const longestTimer = 2 ** 31 - 1;

function timedOut(timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'PREDICT_TIMEOUT',
    what: `There is no answer after ${timeout} ms`,
    where: 'predict',
    hint: 'Try again, or allow more time; what the engine has begun with is kept',
    details: { timeout },
  });
}
