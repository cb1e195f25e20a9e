import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Up to here WebCrypto, which takes a file in one piece only, makes its copy of it and is ten times as fast; above, a
 * file is hashed while it comes in: beside a network that costs no time, and no second copy of it.
 */
const largestHashedWhole = 32 * 1024 * 1024;

/** The SHA-256 of a file that comes in parts, in the form of `integrity`. */
export class ContentDigest {
  readonly #hash: ReturnType<typeof sha256.create> | undefined;

  /** @param size of the whole file, where it is known. */
  constructor(size: number | undefined) {
    const isSmall = size !== undefined && size <= largestHashedWhole;
    this.#hash = isSmall && webCrypto() !== undefined ? undefined : sha256.create();
  }

  append(part: Uint8Array): void {
    this.#hash?.update(part);
  }

  /** @param bytes all that was appended. */
  async of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return this.#hash === undefined ? digestOf(bytes) : inIntegrityForm(this.#hash.digest());
  }
}

/** The SHA-256 of a whole file, off this thread where there is WebCrypto: plain HTTP pages have none. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await webCrypto()?.digest('SHA-256', bytes);
  return inIntegrityForm(digest === undefined ? sha256(bytes) : new Uint8Array(digest));
}

/** Lib types promise it always. */
function webCrypto(): SubtleCrypto | undefined {
  return (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
}

function inIntegrityForm(digest: Uint8Array): string {
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}
