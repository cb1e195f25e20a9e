import type { ErrorCode, PredcacheError } from '@predcache/core';

/** For the errors whose own words are those of a browser or a runtime, and long. */
const reasons: Readonly<Partial<Record<ErrorCode, string>>> = {
  ENGINES_FAILED: 'neither this device nor the API can compute it',
  MODEL_DOWNLOAD_FAILED: 'the model could not be downloaded',
  RUNTIME_UNAVAILABLE: 'the runtime (wasm) did not start',
  WORKER_START_FAILED: 'its worker did not start',
  WORKER_DIED: 'its worker ended',
  WORKER_TIMEOUT: 'its worker gave no answer in time',
  REMOTE_UNREACHABLE: 'it cannot be reached',
  REMOTE_TIMEOUT: 'it took too long',
  STORAGE_UNAVAILABLE: 'this browser gives none',
  STORAGE_TIMEOUT: 'it took too long',
};

const maxLength = 120;

/** Why, in a few words for a reader who has not built the page. */
export function reasonOf({ code, what }: PredcacheError): string {
  const known = reasons[code];
  if (known !== undefined) return known;
  return what.length <= maxLength ? what : `${what.slice(0, maxLength).trimEnd()} …`;
}
