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
   * @default 0, or what the server of an answer says
   */
  readonly staleWhileRevalidate?: number | undefined;

  /**
   * So much longer than `ttl` it is given, marked stale, when computing fails.
   *
   * @default 0, or what the server of an answer says
   */
  readonly staleIfError?: number | undefined;
}

/**
 * What the source of an entry says of its freshness, counted from its `createdAt` on. The app's own options hold beside it:
 * of what both say, the shorter one counts.
 */
export interface EntryFreshness extends Freshness {
  /** By which the source can be asked whether the entry is still right. */
  readonly etag?: string | undefined;
}

/** What an app says; where it says nothing of stale answers, the source of an entry may. */
export interface FreshnessRules extends Freshness {
  readonly ttl: number;
}

export const alwaysFresh: FreshnessRules = { ttl: Number.POSITIVE_INFINITY };

export const freshnessTimes = ['ttl', 'staleWhileRevalidate', 'staleIfError'] as const;

/** How long an entry is fresh, in ms from its `createdAt` on. */
export function lifetimeOf(
  { freshness }: { readonly freshness?: EntryFreshness | undefined },
  ttl: number,
): number {
  return freshness?.ttl === undefined ? ttl : Math.min(ttl, freshness.ttl);
}

/** So much longer it may be used after that, by what both the app and its source say. */
export function shorterOf(one: number | undefined, other: number | undefined): number {
  return Math.min(one ?? other ?? 0, other ?? one ?? 0);
}

/** ms since it was computed. A clock that was set back makes nothing younger than now. */
export function ageOf({ createdAt }: { readonly createdAt: number }): number {
  return Math.max(0, Date.now() - createdAt);
}

/** @throws {PredcacheError} `OPTIONS_INVALID`, naming the option. */
export function completeFreshness(given: Freshness, defaults: FreshnessRules): FreshnessRules {
  const { ttl, staleWhileRevalidate, staleIfError } = defaults;
  const complete = { ttl, staleWhileRevalidate, staleIfError };
  for (const option of freshnessTimes) {
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
