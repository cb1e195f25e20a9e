import { PredcacheError } from '@predcache/core';

/** Options of `httpLookup`. */
export interface HttpLookupOptions {
  /**
   * Address before `/predictions/KEY`, the gateway's `/v2` included: absolute, or relative to the page.
   *
   * @example
   * httpLookup({ baseUrl: 'https://api.example/v2' });
   */
  readonly baseUrl: string;
  /**
   * ms for one look-up, the wait for its turn included; then it is a miss.
   *
   * @default 2_000
   */
  readonly timeout?: number | undefined;
  /**
   * How many look-ups run at once; others wait for their turn.
   *
   * @default 6, what browsers open to one HTTP/1.1 server
   */
  readonly concurrency?: number | undefined;
  /**
   * ms for which a key that the server does not know is not asked for again.
   *
   * @default 10_000
   */
  readonly missTtl?: number | undefined;
  /**
   * Bytes of the largest answer that is read.
   *
   * @default 16_777_216, 16 MiB
   */
  readonly maxAnswerSize?: number | undefined;
  /**
   * What to use in place of the global `fetch`.
   *
   * @default globalThis.fetch, as it is at the time of each call
   */
  readonly fetch?: typeof fetch | undefined;
}

export type ResolvedHttpLookup = {
  readonly [Name in keyof HttpLookupOptions]-?: NonNullable<HttpLookupOptions[Name]>;
};

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function resolveHttpLookup(options: HttpLookupOptions): ResolvedHttpLookup {
  const {
    baseUrl,
    timeout = 2_000,
    concurrency = 6,
    missTtl = 10_000,
    maxAnswerSize = 16 * 2 ** 20,
  } = options;
  const check = (isValid: boolean, option: string, hint: string): void => {
    if (!isValid) throw invalid(option, hint);
  };
  const isAddress = typeof baseUrl === 'string' && baseUrl !== '' && !/[?#]/.test(baseUrl);
  check(isAddress, 'baseUrl', 'Pass an address without a query string, for instance "/v2"');
  check(timeout > 0 && timeout < 2 ** 31, 'timeout', 'Pass ms, more than 0, at most 2^31 - 1');
  check(Number.isInteger(concurrency) && concurrency > 0, 'concurrency', 'Pass a whole number from 1 up');
  check(missTtl >= 0, 'missTtl', 'Pass ms, 0 or more');
  check(maxAnswerSize > 0, 'maxAnswerSize', 'Pass bytes, more than 0');
  return {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    timeout,
    concurrency,
    missTtl,
    maxAnswerSize,
    // Called as a plain function: a browser's fetch refuses any other `this` than the global object.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

function invalid(option: string, hint: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is not valid`,
    where: 'httpLookup',
    hint,
  });
}
