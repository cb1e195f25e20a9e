import { PredcacheError } from '@predcache/core';
import type { BreakerOptions } from './circuitBreaker.js';
import { type HeadersSource, lowerCase } from './requestHeaders.js';

/** How an engine sends its requests, whatever it sends. */
export interface TransportOptions {
  /**
   * Headers sent with every request, for instance `authorization`. A function is called for every try, retries included,
   * and may be asynchronous, so that a token can be renewed; its time counts.
   *
   * @example
   * openInference({ baseUrl: '/v2', headers: async () => ({ authorization: `Bearer ${await token()}` }) });
   */
  readonly headers?: HeadersSource | undefined;
  /**
   * ms for each call, all tries included, from asking to the last byte of the answer; more than 0, at most 2^31 - 1.
   *
   * @default 10_000
   */
  readonly timeout?: number | undefined;
  /**
   * ms for each try, after which the next one begins.
   *
   * @default none: a try may take what is left of `timeout`
   */
  readonly tryTimeout?: number | undefined;
  /**
   * How often a call is tried again after a broken connection or the statuses 408, 429, 502, 503 and 504: after a random
   * time that grows, or when `Retry-After` says, within `timeout`. All calls to one server share a budget, which lets
   * about a tenth of them be retried when the server is in trouble.
   *
   * @default 2
   */
  readonly retries?: number | undefined;
  /**
   * Whether a second request is sent when an answer takes longer than 95 % of those before did, the first answer being
   * taken. Cuts the slowest answers, for up to a twentieth more requests.
   *
   * @default false
   */
  readonly hedging?: boolean | undefined;
  /**
   * After `failures` tries in a row that failed (no connection, no answer in time, 408 or 5xx), nothing is sent to that
   * origin for `coolDown` ms, and calls are rejected at once with `REMOTE_UNREACHABLE`; then one try decides. `false`
   * turns it off.
   *
   * @default { failures: 5, coolDown: 5_000 }
   */
  readonly breaker?: Partial<BreakerOptions> | false | undefined;
  /**
   * How many requests run at once; others wait for their turn.
   *
   * @default 6, what browsers open to one HTTP/1.1 server
   */
  readonly concurrency?: number | undefined;
  /**
   * What to use in place of the global `fetch`, for instance in tests. It must heed `signal`.
   *
   * @default globalThis.fetch, as it is at the time of each call
   */
  readonly fetch?: typeof fetch | undefined;
}

export interface ResolvedTransport {
  readonly headers: HeadersSource;
  readonly timeout: number;
  readonly tryTimeout: number;
  readonly retries: number;
  readonly hedging: boolean;
  readonly breaker: BreakerOptions;
  readonly concurrency: number;
  readonly fetch: typeof fetch;
}

/** The longest delay timers take; with a longer one they fire at once. */
const maxTimeout = 2 ** 31 - 1;

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function resolveTransport(options: TransportOptions, where: string): ResolvedTransport {
  const {
    headers = {},
    timeout = 10_000,
    tryTimeout,
    retries = 2,
    hedging = false,
    concurrency = 6,
  } = options;
  const check = (isValid: boolean, option: string, hint: string): void => {
    if (!isValid) throw invalidOption(option, where, hint);
  };
  const isTime = (time: number): boolean => time > 0 && time <= maxTimeout;
  const ms = `Pass ms, more than 0, at most ${maxTimeout}`;
  check(isTime(timeout), 'timeout', ms);
  check(tryTimeout === undefined || isTime(tryTimeout), 'tryTimeout', ms);
  check(Number.isInteger(retries) && retries >= 0, 'retries', 'Pass a whole number from 0 up');
  check(typeof hedging === 'boolean', 'hedging', 'Pass true or false');
  check(Number.isInteger(concurrency) && concurrency > 0, 'concurrency', 'Pass a whole number from 1 up');
  const breaker = resolveBreaker(options.breaker);
  check(breaker.failures >= 1, 'breaker.failures', 'Pass a number from 1 up');
  check(breaker.coolDown >= 0, 'breaker.coolDown', 'Pass ms, 0 or more');
  return {
    headers: checkHeaders(headers, where),
    timeout,
    tryTimeout: tryTimeout ?? Number.POSITIVE_INFINITY,
    retries,
    hedging,
    breaker,
    concurrency,
    // Called as a plain function: a browser's fetch refuses any other `this` than the global object.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

function resolveBreaker(given: TransportOptions['breaker']): BreakerOptions {
  if (given === false) return { failures: Number.POSITIVE_INFINITY, coolDown: 5_000 };
  const { failures = 5, coolDown = 5_000 } = given ?? {};
  return { failures, coolDown };
}

function checkHeaders(headers: HeadersSource, where: string): HeadersSource {
  if (typeof headers === 'function') return headers;
  try {
    return lowerCase(headers);
  } catch (cause) {
    throw invalidOption('headers', where, 'Pass names and values that HTTP allows', cause);
  }
}

export function invalidOption(option: string, where: string, hint: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is not valid`,
    where,
    hint,
    cause,
  });
}
