/**
 * ms to wait as `Retry-After` says, a number of seconds or a date (RFC 9110, 10.2.3); `undefined` where it says nothing
 * that makes sense. Dates count from the answer's own `Date`, where it has one: clocks of devices are often wrong.
 */
export function retryAfter(headers: Headers, now = Date.now()): number | undefined {
  const said = headers.get('retry-after')?.trim();
  if (said === undefined || said === '') return undefined;
  if (/^\d+$/.test(said)) return Number(said) * 1_000;
  // Every form of an HTTP date begins with a day's name; `Date.parse` takes much else for a date.
  const then = /^[a-z]{3}/i.test(said) ? Date.parse(said) : Number.NaN;
  if (Number.isNaN(then)) return undefined;
  const answered = Date.parse(headers.get('date') ?? '');
  return Math.max(0, then - (Number.isNaN(answered) ? now : answered));
}
