import { isPredcacheError, PredcacheError } from '@predcache/core';
import { nameOf } from '../storageErrors.js';

/** The same error with what to do about it here: a write that is not kept is lost, which a cache's are not. */
export function toOutboxError(error: unknown): unknown {
  if (!isPredcacheError(error)) return error;
  const { code, what, where, details, cause } = error;
  const hint = hintFor(error);
  return hint === undefined ? error : new PredcacheError({ code, what, where, hint, details, cause });
}

function hintFor({ code, cause }: PredcacheError): string | undefined {
  switch (code) {
    case 'STORAGE_TIMEOUT':
      return 'Whether it was done is not known; if devices are merely slow, raise the timeout option';
    case 'STORAGE_UNAVAILABLE':
      return 'Nothing can be kept for the origin here: write to it at once';
    case 'STORAGE_FAILED':
      return nameOf(cause) === 'QuotaExceededError'
        ? 'The site has used up its storage: what is being put is not kept, what was put before is'
        : 'What is being put is not kept: try again, or write to the origin at once';
    default:
      return undefined;
  }
}
