const firstCapacity = 64 * 1024;

/** Bytes that arrive in parts, kept in one piece. */
export class GrowingBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** With the right length nothing is copied twice. A wrong one costs address space; memory comes with the bytes. */
  constructor(expectedLength: number) {
    this.#bytes = allocated(expectedLength) ?? new Uint8Array(0);
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

/** A promise may be wrong: what cannot be had at once may not be needed. */
function allocated(length: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(length);
  } catch {
    return undefined;
  }
}
