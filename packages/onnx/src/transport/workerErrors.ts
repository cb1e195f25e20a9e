import { describeError, PredcacheError } from '@predcache/core';

const where = 'the worker of the on-device engine';

export function startFailed(
  what: string,
  hint: string,
  init: { details?: Record<string, unknown>; cause?: unknown } = {},
): PredcacheError {
  return new PredcacheError({ code: 'WORKER_START_FAILED', what, where, hint, ...init });
}

export function scriptFailed(event: Event): PredcacheError {
  const { message, filename, lineno } = event as Partial<ErrorEvent>;
  if (message === undefined || message === '') {
    return startFailed(
      'The worker script could not be loaded',
      'Check the URL given to new Worker(), that the file is deployed, and that worker-src allows it',
    );
  }
  return startFailed(
    `The worker script threw while it set up: ${message}`,
    'See the message; the stack is in the console of the worker',
    { details: { filename, line: lineno } },
  );
}

export function startTimedOut(timeout: number): PredcacheError {
  return startFailed(
    `The worker was not ready after ${timeout} ms`,
    "Make sure that the worker file does import '@predcache/onnx/worker', or raise startTimeout",
    { details: { timeout } },
  );
}

export function otherVersion(came: number, expected: number): PredcacheError {
  return startFailed(
    'The worker file was built with another version of @predcache/onnx than the page',
    'Deploy both together, and make sure that neither is served from an old cache',
    { details: { came, expected } },
  );
}

export function workerDied(what: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'WORKER_DIED',
    what,
    where,
    hint: 'Try again: the next call starts a new worker',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function workerSilent(timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'WORKER_TIMEOUT',
    what: `The worker gave no sign of life for ${timeout} ms and was ended`,
    where,
    hint: 'Try again with smaller inputs, or raise runTimeout where one run may take longer',
    details: { timeout },
  });
}

/** A call that could not be sent, or whose answer could not. */
export function notPosted(cause: unknown): PredcacheError {
  const isInput = cause instanceof DOMException && cause.name === 'DataCloneError';
  return new PredcacheError({
    code: isInput ? 'INPUT_REJECTED' : 'ENGINE_FAILED',
    what: `${isInput ? 'The input' : 'The answer'} could not be sent between page and worker: ${describeError(cause)}`,
    where,
    hint: isInput
      ? 'Pass plain tensors whose buffers have not been transferred to somebody else'
      : 'See the cause; if it comes from Predcache itself, please report it',
    cause,
  });
}

/** Ended on purpose: because nothing was to be done, or a run in it was not wanted any more. */
export function recycled(what: string): PredcacheError {
  return workerDied(what);
}

export function modelCrashed(where: string): PredcacheError {
  return new PredcacheError({
    code: 'MODEL_CRASHED',
    what: 'Loading this model has brought down the worker or the page twice',
    where,
    hint: 'Use a smaller model or a remote engine on such devices; it is tried again a day after the crash, and at once in another version',
  });
}

export function overloaded(waiting: number, maxQueueLength: number): PredcacheError {
  return new PredcacheError({
    code: 'ENGINE_OVERLOADED',
    what: `${waiting} calls wait for the on-device engine already`,
    where: 'onnx',
    hint: 'Ask for less at once, or raise maxQueueLength of onnx()',
    details: { waiting, maxQueueLength },
  });
}

export function disposed(): PredcacheError {
  return new PredcacheError({
    code: 'DISPOSED',
    what: 'The on-device engine has been disposed of',
    where: 'onnx',
    hint: 'Make a new engine to go on',
  });
}
