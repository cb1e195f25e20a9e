/** What a server says of a file so that it can be told from its next edition. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export function validatorsOf(headers: Headers): Validators {
  return {
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  };
}

/** Whether both belong to one edition, as far as they say. Servers that say nothing are not believed. */
export function isSameEdition(known: Validators, now: Validators): boolean {
  if (known.etag !== undefined && now.etag !== undefined) return strong(known.etag) === strong(now.etag);
  return known.lastModified !== undefined && known.lastModified === now.lastModified;
}

/** Headers that ask for a file only if it has changed; none where nothing is known of it. */
export function ifChanged({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
  };
}

/** The value of `If-Range`, for which a weak ETag will not do (RFC 9110, 13.1.5). */
export function ifRange({ etag, lastModified }: Validators): string | undefined {
  return etag?.startsWith('"') ? etag : lastModified;
}

/** An ETag may turn weak on its way, for instance through a proxy that compresses. */
function strong(etag: string): string {
  return etag.replace(/^W\//, '');
}
