/** More was to be written than the writer takes. */
export class SizeLimitError extends Error {
  override readonly name = 'SizeLimitError';

  /** @param size bytes there would have been, or more */
  constructor(readonly size: number) {
    super(`${size} bytes or more`);
  }
}

/** Writes bytes one after another into a buffer that grows; numbers are little-endian. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;
  #limit = Number.POSITIVE_INFINITY;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /**
   * Forgets what was written, and takes no more than `limit` bytes from now on. The buffer is kept for the next use,
   * unless one large input has blown it up.
   */
  reset(limit = Number.POSITIVE_INFINITY): void {
    this.#length = 0;
    this.#limit = limit;
    if (this.#bytes.length > largestKept) this.#use(new Uint8Array(largestKept));
  }

  /**
   * Checks ahead that so many more bytes may be written: nobody should prepare what will be refused.
   *
   * @throws {SizeLimitError}
   */
  expect(more: number): void {
    if (this.#length + more > this.#limit) throw new SizeLimitError(this.#length + more);
  }

  /** A view of what was written: valid until the next write or `reset`. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** A whole number up to 2^53 as 8 bytes. */
  uint64(value: number): void {
    this.uint32(value % 0x1_0000_0000);
    this.uint32(Math.floor(value / 0x1_0000_0000));
  }

  /** IEEE 754, 8 bytes. */
  float64(value: number, littleEndian = true): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, littleEndian);
    this.#length += 8;
  }

  bytes(source: Uint8Array): void {
    this.expect(source.length);
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** UTF-8 with its length in bytes (8 bytes) before it. */
  text(value: string): void {
    // A UTF-16 code unit takes from one to three bytes of UTF-8.
    this.expect(8 + value.length);
    this.#reserve(8 + value.length * 3);
    const start = this.#length;
    this.#length += 8;
    const written = this.#encode(value);
    this.#length = start;
    this.uint64(written);
    this.expect(written);
    this.#length += written;
  }

  /** UTF-8 with no length before it. */
  utf8(value: string): void {
    this.#reserve(value.length * 3);
    const written = this.#encode(value);
    this.expect(written);
    this.#length += written;
  }

  #encode(value: string): number {
    const target = this.#bytes;
    let at = this.#length;
    // Short ASCII is by far the most frequent, and TextEncoder costs more than a loop for it.
    if (value.length <= 32) {
      let index = 0;
      for (; index < value.length; index++) {
        const unit = value.charCodeAt(index);
        if (unit > 0x7f) break;
        target[at++] = unit;
      }
      if (index === value.length) return value.length;
    }
    return encoder.encodeInto(value, target.subarray(this.#length)).written;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.written);
    this.#use(bytes);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

const largestKept = 1 << 20;

const encoder = new TextEncoder();
