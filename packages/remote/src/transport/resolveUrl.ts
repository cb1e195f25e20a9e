import { PredcacheError } from '@predcache/core';

/**
 * Makes an address absolute: relative ones are relative to the page, or to a worker's script.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when it is none, or relative to nothing.
 */
export function resolveUrl(url: string, where = 'openInference, baseUrl'): string {
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  try {
    return new URL(url, base).href;
  } catch (cause) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `"${url}" is no address here`,
      where,
      hint: base === undefined ? 'Outside of a page, pass an absolute address' : 'Correct the address',
      cause,
    });
  }
}

/** Whether a page or worker asks another origin, where CORS decides what may be sent and read. */
export function isCrossOrigin(url: string): boolean {
  const { location } = globalThis as { location?: { origin?: string } };
  return location?.origin !== undefined && location.origin !== new URL(url).origin;
}
