import type { ResultFreshness } from '@predcache/core';
import { type CacheControl, parseCacheControl, secondsOf } from './cacheControl.js';
import { parseCacheStatus } from './cacheStatus.js';

/**
 * What an answer's headers say of how long it may be used (RFC 9111, 5861 and 9211), read as a private cache reads them:
 * `s-maxage` and `private` are not for it. `undefined` where they say nothing.
 */
export function resultFreshness(headers: Headers, now = Date.now()): ResultFreshness | undefined {
  const control = parseCacheControl(headers.get('cache-control'));
  if (control.has('no-store')) return { noStore: true };
  const age = secondsOf(headers.get('age'));
  const etag = headers.get('etag')?.trim();
  const said = {
    ttl: ttlOf(headers, control, age ?? 0, now),
    ...graceOf(control),
    age,
    etag: etag === '' ? undefined : etag,
  };
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** ms left. Of what the origin and the nearest cache say, the shorter: either may know of a reason. */
function ttlOf(headers: Headers, control: CacheControl, age: number, now: number): number | undefined {
  if (control.has('no-cache')) return 0;
  const lifetime = lifetimeOf(headers, control, now);
  const status = parseCacheStatus(headers.get('cache-status'));
  const times = [lifetime === undefined ? undefined : lifetime - age, status?.isHit ? status.ttl : undefined];
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(0, Math.min(...known));
}

function lifetimeOf(headers: Headers, control: CacheControl, now: number): number | undefined {
  if (control.has('max-age')) {
    // One that makes no sense is to be taken for stale (RFC 9111, 4.2.1).
    return secondsOf(control.get('max-age')) ?? 0;
  }
  const expires = headers.get('expires');
  if (expires === null) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  const lifetime = Date.parse(expires) - (Number.isNaN(date) ? now : date);
  // "0" and other values that are no dates mean that it has expired.
  return Number.isNaN(lifetime) ? 0 : Math.max(0, lifetime);
}

function graceOf(control: CacheControl): Pick<ResultFreshness, 'staleWhileRevalidate' | 'staleIfError'> {
  // It forbids any use of what is stale, whatever else is said.
  if (control.has('must-revalidate')) return { staleWhileRevalidate: 0, staleIfError: 0 };
  return {
    staleWhileRevalidate: secondsOf(control.get('stale-while-revalidate')),
    staleIfError: secondsOf(control.get('stale-if-error')),
  };
}
