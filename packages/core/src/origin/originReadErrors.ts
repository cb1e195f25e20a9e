import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';

/** Why the origin could not be read. */
export function originReadFailed(cause: unknown): PredcacheError {
  const hint = 'An engine answers instead; see the cause';
  return toPredcacheError(cause, { code: 'ORIGIN_FAILED', where: 'origin.read', hint });
}

export function originReadTimeout(timeout: number): PredcacheError {
  return new PredcacheError({
    code: 'ORIGIN_TIMEOUT',
    what: `The origin did not answer within ${timeout} ms`,
    where: 'origin.read',
    hint: 'An engine answers instead; have the origin heed its signal',
    details: { timeout },
  });
}
