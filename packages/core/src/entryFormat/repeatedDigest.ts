import { digestAt, parseDigest } from './digests.js';

/**
 * Remembers one digest. Entries come many of one model: its text is parsed or made once, and those read share it, which
 * saves 80 bytes an entry.
 */
export class RepeatedDigest {
  /** The bytes of the last digest that was parsed or read. */
  bytes = new Uint8Array(32);
  #text = '0'.repeat(64);
  #spare = new Uint8Array(32);

  /** Whether a text is a digest. If so, `bytes` are its own. */
  parse(text: string): boolean {
    if (text === this.#text) return true;
    if (!parseDigest(text, this.#spare)) return false;
    [this.bytes, this.#spare] = [this.#spare, this.bytes];
    this.#text = text;
    return true;
  }

  /** The 64 digits of the 32 bytes at some place. */
  read(source: Uint8Array, at: number): string {
    for (let index = 0; index < 32; index++) {
      if (source[at + index] === this.bytes[index]) continue;
      this.bytes.set(source.subarray(at, at + 32));
      this.#text = digestAt(source, at);
      break;
    }
    return this.#text;
  }
}
