import { firstOf, settledBy } from '../abortSignals.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { describeError } from '../errors/toPredcacheError.js';
import type { Origin, OriginWrite } from './origin.js';

/** What came of a call: `failed` may work later, `refused` will not. */
export type OriginOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'failed' | 'refused'; readonly error: PredcacheError };

export interface CallOriginOptions {
  readonly origin: Origin;
  /** ms that the call has. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Calls `origin.write`. Settles in time, whatever the origin does.
 *
 * @throws The signal's reason.
 */
export async function callOrigin(
  writes: readonly OriginWrite[],
  { origin, timeout, signal }: CallOriginOptions,
): Promise<OriginOutcome> {
  const overtime = new AbortController();
  const timer = setTimeout(() => overtime.abort(timeoutError(timeout)), timeout);
  const { signal: either, release } = firstOf(signal, overtime.signal);
  try {
    await settledBy(
      // In a function, so that one that throws counts as one that rejects.
      (async () => origin.write(writes, { signal: either }))(),
      either,
    );
    return { kind: 'taken' };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const error = overtime.signal.aborted ? overtime.signal.reason : toOriginError(cause);
    return { kind: error.code === 'ORIGIN_REFUSED' ? 'refused' : 'failed', error };
  } finally {
    clearTimeout(timer);
    release();
  }
}

function toOriginError(cause: unknown): PredcacheError {
  const { permanent, code } = (Object(cause) ?? {}) as { permanent?: unknown; code?: unknown };
  const isRefusal = permanent === true || code === 'ORIGIN_REFUSED';
  return new PredcacheError({
    code: isRefusal ? 'ORIGIN_REFUSED' : 'ORIGIN_FAILED',
    what: describeError(cause),
    where: 'origin.write',
    hint: isRefusal
      ? 'See why the system of record will not have it; what was refused alone is not sent again'
      : 'See the cause; what waits in an outbox is tried again later',
    cause,
  });
}

function timeoutError(timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'ORIGIN_TIMEOUT',
    what: `The origin did not answer within ${timeout} ms`,
    where: 'origin.write',
    hint: 'What waits in an outbox is tried again later; have the origin heed its signal, and raise the timeout if it is merely slow',
    details: { timeout },
  });
}
