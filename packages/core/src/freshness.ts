import { PredcacheError } from './errors/predcacheError.js';

/** How long an answer is good for, in ms since it was computed; the words are those of RFC 9111 and RFC 5861. */
export interface Freshness {
  /**
   * So long an answer is fresh.
   *
   * @default unbounded: what a model says of an input does not change with time
   */
  readonly ttl?: number | undefined;

  /**
   * So much longer it is given at once, marked stale, while it is computed anew in the background.
   *
   * @default 0
   */
  readonly staleWhileRevalidate?: number | undefined;

  /**
   * So much longer than `ttl` it is given, marked stale, when computing fails.
   *
   * @default 0
   */
  readonly staleIfError?: number | undefined;
}

export type CompleteFreshness = { readonly [Name in keyof Freshness]-?: number };

export const alwaysFresh: CompleteFreshness = {
  ttl: Number.POSITIVE_INFINITY,
  staleWhileRevalidate: 0,
  staleIfError: 0,
};

/** ms since it was computed. A clock that was set back makes nothing younger than now. */
export function ageOf({ createdAt }: { readonly createdAt: number }): number {
  return Math.max(0, Date.now() - createdAt);
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function completeFreshness(given: Freshness, defaults: CompleteFreshness): CompleteFreshness {
  const complete = { ...defaults };
  for (const option of ['ttl', 'staleWhileRevalidate', 'staleIfError'] as const) {
    const value = given[option];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new PredcacheError({
        code: 'OPTIONS_INVALID',
        what: `It is ${JSON.stringify(value)}`,
        where: `option ${option}`,
        hint: 'Pass ms, a number of 0 or more',
      });
    }
    complete[option] = value;
  }
  return complete;
}
