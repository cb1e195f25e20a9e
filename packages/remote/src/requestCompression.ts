import { isPredcacheError } from '@predcache/core';
import { type Compression, canCompress, compress } from './compression.js';
import type { EncodedMessage } from './protocol/message.js';

/** Compresses request bodies where the options and the server allow it. */
export class RequestCompression {
  readonly #compressFrom: number;
  readonly #isAuto: boolean;
  #compression: Compression | undefined;

  constructor(compression: Compression | 'auto' | 'none', compressFrom: number) {
    this.#compressFrom = compressFrom;
    this.#isAuto = compression === 'auto';
    this.#compression = compression === 'auto' || compression === 'none' ? undefined : compression;
  }

  /** Whether `apply` would change the message. */
  appliesTo({ body }: EncodedMessage): boolean {
    return this.#compression !== undefined && body.length >= this.#compressFrom && canCompress();
  }

  /** The length of the JSON in the headers stays that of the JSON as it is. */
  async apply({ headers, body }: EncodedMessage): Promise<EncodedMessage> {
    const compression = this.#compression!;
    return {
      headers: { ...headers, 'Content-Encoding': compression },
      body: await compress(body, compression),
    };
  }

  /** Learns from an answer's headers what the server takes (RFC 7694). */
  heard(headers: Headers): void {
    if (!this.#isAuto || this.#compression !== undefined) return;
    const taken = (headers.get('accept-encoding') ?? '').split(',').map((each) => each.trim().toLowerCase());
    this.#compression = (['gzip', 'deflate'] as const).find((each) =>
      taken.some((said) => said === each || new RegExp(`^${each}\\s*;(?!\\s*q=0(\\.0*)?$)`).test(said)),
    );
  }

  /** Whether a server refused a compressed body as such; it is sent none any more. */
  refused(error: unknown): boolean {
    if (!isPredcacheError(error) || error.details.status !== 415) return false;
    this.#compression = undefined;
    return true;
  }
}
