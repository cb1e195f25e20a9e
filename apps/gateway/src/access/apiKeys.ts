import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The keys that clients may have. Only digests are kept, of one length, so that comparing takes the same time for all. */
export class ApiKeys {
  readonly #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#digests = keys.map(digestOf);
  }

  /**
   * Which key a request carries, by its number; `undefined` for none or a wrong one. Every key is compared, whichever
   * one fits.
   */
  find(headers: IncomingHttpHeaders): number | undefined {
    const given = keyIn(headers);
    if (given === undefined) return undefined;
    const digest = digestOf(given);
    let found: number | undefined;
    for (const [number, known] of this.#digests.entries()) if (timingSafeEqual(known, digest)) found = number;
    return found;
  }
}

/** `Authorization: Bearer KEY`, or `X-API-Key: KEY`. */
function keyIn({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return bearer ?? (typeof apiKey === 'string' ? apiKey : undefined);
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
