import { PredcacheError } from '@predcache/core';

/** Names and values, or a function that gives them for each try, for instance with a token that is renewed in time. */
export type HeadersSource =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

/**
 * What a source gives now, in lower case.
 *
 * @throws {PredcacheError} `ENGINE_FAILED` when the function throws or gives what HTTP does not allow.
 */
export async function headersFrom(
  source: HeadersSource,
  where: string,
): Promise<Readonly<Record<string, string>>> {
  if (typeof source !== 'function') return source;
  try {
    return lowerCase(await source());
  } catch (cause) {
    throw new PredcacheError({
      code: 'ENGINE_FAILED',
      what: 'The headers function failed, or gave what HTTP does not allow',
      where,
      hint: 'See the cause',
      cause,
    });
  }
}

/** Throws for what HTTP does not allow. */
export function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(new Headers({ ...headers }));
}
