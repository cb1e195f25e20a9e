import { isPredcacheError } from '@predcache/core';
import { type Compression, canCompress, compress } from './compression.js';
import type { EncodedMessage } from './protocol/message.js';

/** Compresses request bodies where the options and the server allow it. */
export class RequestCompression {
  readonly #compressFrom: number;
  readonly #isAuto: boolean;
  #compression: Compression | undefined;
  #isProven = false;
  #isOff = false;

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
    if (!this.#isAuto || this.#isOff || this.#compression !== undefined) return;
    const taken = (headers.get('accept-encoding') ?? '').split(',').map((each) => each.trim().toLowerCase());
    this.#compression = (['gzip', 'deflate'] as const).find((each) =>
      taken.some((said) => said === each || new RegExp(`^${each}\\s*;(?!\\s*q=0(\\.0*)?$)`).test(said)),
    );
  }

  /** A compressed body was taken. */
  worked(): void {
    this.#isProven = true;
  }

  /**
   * Whether a server may have refused a body for being compressed: it says so with 415, or takes the bytes for a message
   * that makes no sense.
   */
  mayBeRefused(error: unknown): boolean {
    if (!isPredcacheError(error)) return false;
    const { status } = error.details;
    return status === 415 || (status === 400 && !this.#isProven);
  }

  /** The same body was taken as it is: the server is sent no compressed one any more. */
  turnOff(): void {
    this.#compression = undefined;
    this.#isOff = true;
  }
}
