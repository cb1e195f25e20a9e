import type { ResultFreshness } from '../engines/engine.js';
import type { Entry } from '../entry.js';
import { type EntryFreshness, freshnessTimes } from '../freshness.js';

/** What becomes of an answer's entry by what its source says. */
export interface Keeping {
  /** ms since it was computed at its source. */
  readonly age: number;
  readonly freshness: EntryFreshness | undefined;
  readonly mayStore: boolean;
}

const asTheAppSays: Keeping = { age: 0, freshness: undefined, mayStore: true };

/**
 * Makes of what is left of a result's lifetime one that counts from when it was computed, so that age means the same for
 * what the source and what the app says. What makes no sense counts as not said: an engine may be anybody's.
 *
 * @param renewed the entry that the source says is still right: what it says nothing new of stays (RFC 9111, 4.3.4)
 */
export function keepingOf(result: ResultFreshness | undefined, renewed: Entry | undefined): Keeping {
  if (result === undefined && renewed?.freshness === undefined) return asTheAppSays;
  const age = timeOf(result?.age) ?? 0;
  const ttl = timeOf(result?.ttl);
  const said = {
    ttl: ttl === undefined ? undefined : age + ttl,
    staleWhileRevalidate: timeOf(result?.staleWhileRevalidate),
    staleIfError: timeOf(result?.staleIfError),
  };
  const before = renewed?.freshness;
  const freshness: { -readonly [Name in keyof EntryFreshness]: EntryFreshness[Name] } = {};
  for (const name of freshnessTimes) {
    const time = said[name] ?? before?.[name];
    if (time !== undefined) freshness[name] = time;
  }
  const etag = typeof result?.etag === 'string' ? result.etag : before?.etag;
  if (etag !== undefined) freshness.etag = etag;
  return { age, freshness, mayStore: result?.noStore !== true };
}

function timeOf(ms: unknown): number | undefined {
  return typeof ms === 'number' && ms >= 0 ? ms : undefined;
}
