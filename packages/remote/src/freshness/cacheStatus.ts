/** What the cache nearest to the reader says in `Cache-Status` (RFC 9211). */
export interface CacheStatus {
  readonly isHit: boolean;
  /** ms left of the lifetime, as that cache counts; below 0 for a stale answer. */
  readonly ttl: number | undefined;
}

/** `undefined` where there is no such header. */
export function parseCacheStatus(value: string | null): CacheStatus | undefined {
  // Quoted text may hold commas and semicolons; none of it matters here.
  const members = (value ?? '').replace(/"(?:[^"\\]|\\.)*"/g, '""').split(',');
  // Each cache on the way adds itself at the end: the last one is the nearest.
  const [name, ...parameters] = members
    .at(-1)!
    .split(';')
    .map((part) => part.trim());
  if (name === '' || name === undefined) return undefined;
  const ttl = parameters.map((parameter) => /^ttl=(-?\d{1,15})$/.exec(parameter)?.[1]).find((found) => found);
  return { isHit: parameters.includes('hit'), ttl: ttl === undefined ? undefined : Number(ttl) * 1_000 };
}
