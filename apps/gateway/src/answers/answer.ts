import { hash } from 'node:crypto';
import type { EncodedMessage } from '@predcache/remote';
import { headerLengthName } from '@predcache/remote';
import { type Coding, compress } from '../http/contentCodings.js';

/** The answer to an inference as it goes out, in every content coding it was asked for. Never changed once made. */
export class Answer {
  readonly contentType: string;
  readonly headerLength: string | undefined;
  readonly body: Buffer;
  /** Strong: of the bytes. */
  readonly etag: string;
  readonly #compressed = new Map<Coding, Promise<Buffer>>();

  constructor({ headers, body }: EncodedMessage) {
    this.contentType = headers['Content-Type']!;
    this.headerLength = headers[headerLengthName];
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.etag = etagOf(this.body);
  }

  /** Made once for each coding. */
  compressed(coding: Coding): Promise<Buffer> {
    let made = this.#compressed.get(coding);
    if (made === undefined) {
      made = compress(this.body, coding);
      this.#compressed.set(coding, made);
    }
    return made;
  }

  /** Bytes it takes to keep, with what may still be made of it. */
  get size(): number {
    return 2 * this.body.length + 500;
  }
}

/** Strong: equal bytes have equal tags, and others have others. */
export function etagOf(body: Uint8Array): string {
  return `"${hash('sha256', body, 'base64url')}"`;
}
