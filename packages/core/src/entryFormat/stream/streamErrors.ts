import { PredcacheError } from '../../errors/predcacheError.js';

/** The error for a stream that cannot be read on. */
export function corruptStream(
  what: string,
  details: Readonly<Record<string, unknown>> = {},
  hint = 'What was read before is intact; get the file again for the rest',
): PredcacheError {
  return new PredcacheError({ code: 'STORAGE_CORRUPT', what, where: 'decodeEntries', hint, details });
}
