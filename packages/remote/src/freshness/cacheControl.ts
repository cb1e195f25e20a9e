/** Directives by name in lower case; those without a value are `true`. */
export type CacheControl = ReadonlyMap<string, string | true>;

const directive = /([!#$%&'*+.^_`|~\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?/g;

/** Reads `Cache-Control` (RFC 9111, 5.2) as leniently as it can be read. Of a directive given twice, the first counts. */
export function parseCacheControl(value: string | null): CacheControl {
  const directives = new Map<string, string | true>();
  for (const [, name, quoted, plain] of (value ?? '').matchAll(directive)) {
    const key = name!.toLowerCase();
    if (!directives.has(key)) directives.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? true);
  }
  return directives;
}

/** A directive's or header's seconds in ms; `undefined` for what is no whole number of them. */
export function secondsOf(value: string | true | null | undefined): number | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  // Digits alone; a number too large for anybody to wait for stands for about 68 years, as the RFC says.
  return /^\d+$/.test(text) ? Math.min(Number(text), 2 ** 31) * 1_000 : undefined;
}
