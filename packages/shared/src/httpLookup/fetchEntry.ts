import { decodeEntry, type Entry, PredcacheError } from '@predcache/core';
import { readAtMost } from './readAtMost.js';

/** The content type of an entry's bytes, as `encodeEntry` writes them. */
export const entryContentType = 'application/vnd.predcache.entry';

export interface FetchEntryOptions {
  readonly fetch: typeof fetch;
  readonly maxAnswerSize: number;
  readonly signal: AbortSignal;
}

/**
 * Asks for one prediction by its key; `undefined` where the server does not know it.
 *
 * It sends no headers of its own, so that a page of another origin needs no preflight, and lets the browser's HTTP cache
 * answer: what stands behind a key never changes.
 *
 * @throws {PredcacheError} `STORAGE_UNAVAILABLE`, `STORAGE_FAILED` or `STORAGE_CORRUPT`; or what `fetch` throws
 */
export async function fetchEntry(url: string, options: FetchEntryOptions): Promise<Entry | undefined> {
  const { fetch: fetcher, maxAnswerSize, signal } = options;
  const response = await fetcher(url, { signal });
  if (response.status === 404) {
    // An answer that nobody reads may keep its connection.
    await response.body?.cancel();
    return undefined;
  }
  const problem = problemOf(response);
  if (problem !== undefined) {
    await response.body?.cancel();
    throw lookupError(response.ok ? 'STORAGE_FAILED' : 'STORAGE_UNAVAILABLE', problem, url, {
      status: response.status,
    });
  }
  const bytes = await readAtMost(response, maxAnswerSize);
  if (bytes === undefined) throw lookupError('STORAGE_FAILED', `More than ${maxAnswerSize} bytes came`, url);
  const reading = decodeEntry(bytes, { share: true });
  if (reading.kind === 'entry') return reading.entry;
  // A server of another release is no fault: it has nothing for this one.
  if (reading.kind !== 'damaged') return undefined;
  throw lookupError('STORAGE_CORRUPT', 'What came is no entry, or a damaged one', url, {
    bytes: bytes.length,
  });
}

function problemOf(response: Response): string | undefined {
  if (!response.ok) return `The server answered with status ${response.status}`;
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith(entryContentType)) return undefined;
  return `The server answered with "${type.slice(0, 80)}", not an entry`;
}

export function lookupError(
  code: 'STORAGE_UNAVAILABLE' | 'STORAGE_FAILED' | 'STORAGE_CORRUPT' | 'STORAGE_TIMEOUT',
  what: string,
  where: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): PredcacheError {
  const hint = "Check httpLookup's baseUrl and the server; predictions go on without it";
  return new PredcacheError({ code, what, where, hint, details, cause });
}
