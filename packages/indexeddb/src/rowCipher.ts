import { bytesToHex } from '@predcache/core';

const nonceBytes = 12;
/** What texts are bound to, so that none passes for a row. */
const textLabel = 'predcache text 1';

/**
 * Encrypts rows: AES-GCM (NIST SP 800-38D) with a fresh random nonce for each, which stands before the ciphertext. Always
 * outside transactions, because a transaction ends while one waits for anything but its own requests.
 */
export class RowCipher {
  readonly #key: CryptoKey;

  /** @param key for AES-GCM, with the usages `encrypt` and `decrypt`; it need not be extractable. */
  constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** @param additionalData what the ciphertext is bound to: with other data it will not decrypt */
  async encrypt(
    plaintext: Uint8Array<ArrayBuffer>,
    additionalData: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const ciphertext = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData },
      this.#key,
      plaintext,
    );
    const bytes = new Uint8Array(nonceBytes + ciphertext.byteLength);
    bytes.set(iv);
    bytes.set(new Uint8Array(ciphertext), nonceBytes);
    return bytes;
  }

  /** `undefined` when it was encrypted with another key, bound to something else, or damaged. */
  async decrypt(
    bytes: Uint8Array<ArrayBuffer>,
    additionalData: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const iv = bytes.subarray(0, nonceBytes);
      const plaintext = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv, additionalData },
        this.#key,
        bytes.subarray(nonceBytes),
      );
      return new Uint8Array(plaintext);
    } catch {
      return undefined;
    }
  }

  /** A text as hexadecimal digits. */
  async encryptText(text: string): Promise<string> {
    return bytesToHex(await this.encrypt(utf8(text), utf8(textLabel)));
  }

  /** `undefined` when it was encrypted with another key, or damaged. */
  async decryptText(digits: string): Promise<string | undefined> {
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    const text = await this.decrypt(bytes, utf8(textLabel));
    return text === undefined ? undefined : new TextDecoder().decode(text);
  }

  /**
   * A secret that only the holder of the key can have, to make row keys with: the ciphertext of a fixed text under the
   * nonce of zeros, which no row has but by a chance of 2^-96.
   */
  async secret(): Promise<Uint8Array> {
    const iv = new Uint8Array(nonceBytes);
    const label = utf8('predcache row keys 1');
    const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.#key, label);
    return new Uint8Array(ciphertext);
  }
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
