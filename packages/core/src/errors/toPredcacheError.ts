import { type ErrorCode, isPredcacheError, PredcacheError } from './predcacheError.js';

/** The error itself where it is one of ours, else one of ours around it. */
export function toPredcacheError(
  error: unknown,
  around: { readonly code: ErrorCode; readonly where: string; readonly hint: string },
): PredcacheError {
  if (isPredcacheError(error)) return error;
  const what =
    error instanceof Error && error.message !== '' ? error.message.replace(/\.$/, '') : String(error);
  return new PredcacheError({ ...around, what, cause: error });
}
