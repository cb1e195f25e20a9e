const firstCapacity = 64 * 1024;
/** A promise of more is not believed until the bytes come: the header may be wrong. */
const largestTrust = 64 * 1024 * 1024;

/** Bytes that arrive in parts, kept in one piece. */
export class GrowingBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(expectedLength: number) {
    this.#bytes = new Uint8Array(Math.min(expectedLength, largestTrust));
  }

  get length(): number {
    return this.#length;
  }

  append(part: Uint8Array): void {
    const needed = this.#length + part.byteLength;
    if (needed > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2, firstCapacity));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length = needed;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}
