import { type ErrorCode, isPredcacheError, PredcacheError } from './predcacheError.js';

/** The error itself where it is one of ours, else one of ours around it. */
export function toPredcacheError(
  error: unknown,
  around: { readonly code: ErrorCode; readonly where: string; readonly hint: string },
): PredcacheError {
  if (isPredcacheError(error)) return error;
  return new PredcacheError({ ...around, what: describeError(error), cause: error });
}

/** What anything thrown says of itself, without its full stop. Never throws: what is thrown may have no text at all. */
export function describeError(error: unknown): string {
  try {
    return String((error instanceof Error && error.message) || error).replace(/\.$/, '');
  } catch {
    return 'Something without a message was thrown';
  }
}
