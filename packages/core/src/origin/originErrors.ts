import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';

/** What went wrong at the app's system of record, typed. */
export function originFailed(operation: 'read' | 'write', what: string, cause?: unknown): PredcacheError {
  const where = `option origin, ${operation}`;
  const hint = 'See the cause';
  if (cause !== undefined) return toPredcacheError(cause, { code: 'ORIGIN_FAILED', where, hint });
  return new PredcacheError({ code: 'ORIGIN_FAILED', what, where, hint: 'Is it reachable' });
}
