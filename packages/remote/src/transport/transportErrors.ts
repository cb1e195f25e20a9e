import { isPredcacheError, PredcacheError } from '@predcache/core';
import type { Verdict } from './circuitBreaker.js';
import type { OriginState } from './originState.js';

const worthRetrying: ReadonlySet<unknown> = /* @__PURE__ */ new Set([408, 429, 502, 503, 504]);

/** Whether the same request may well work a little later. */
export function isWorthRetrying(error: unknown): error is PredcacheError {
  if (!isPredcacheError(error)) return false;
  if (error.code === 'REMOTE_STATUS') return worthRetrying.has(error.details.status);
  return error.code === 'REMOTE_UNREACHABLE' || error.code === 'REMOTE_TIMEOUT';
}

/** What a failed try says about the server. */
export function verdictOf(error: unknown): Verdict {
  if (!isPredcacheError(error)) return 'unknown';
  if (error.code === 'REMOTE_UNREACHABLE' || error.code === 'REMOTE_TIMEOUT') return 'fails';
  if (error.code === 'REMOTE_PROTOCOL') return 'works';
  if (error.code !== 'REMOTE_STATUS') return 'unknown';
  const { status } = error.details;
  // Asked too often, it neither works nor fails.
  if (status === 429) return 'unknown';
  return status === 408 || (status as number) >= 500 ? 'fails' : 'works';
}

/** Nothing is sent for now, because of what came before. */
export function circuitOpen({ origin, breaker }: OriginState, where: string): PredcacheError {
  const wait = Math.ceil(breaker.opensIn);
  return new PredcacheError({
    code: 'REMOTE_UNREACHABLE',
    what: `${origin} has failed several times in a row, and is left alone for another ${wait} ms`,
    where,
    hint: 'Check the server, or use another engine meanwhile',
    details: { circuit: 'open', retryAfter: wait },
    cause: breaker.reason,
  });
}

/** The same error, with what was tried. */
export function withTries(error: unknown, tries: number, statuses: readonly number[]): unknown {
  if (!isPredcacheError(error)) return error;
  const { code, what, where, hint, details, cause } = error;
  return new PredcacheError({ code, what, where, hint, cause, details: { ...details, tries, statuses } });
}
