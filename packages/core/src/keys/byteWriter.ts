/** Writes bytes one after another into a buffer that grows; numbers are little-endian. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Forgets what was written. The buffer is kept for the next use, unless one large input has blown it up. */
  reset(): void {
    this.#length = 0;
    if (this.#bytes.length > largestKept) this.#use(new Uint8Array(largestKept));
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

  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** UTF-8 with its length in bytes (8 bytes) before it. */
  text(value: string): void {
    // A UTF-16 code unit takes at most three bytes of UTF-8.
    this.#reserve(8 + value.length * 3);
    const start = this.#length;
    this.#length += 8;
    const written = this.#encode(value);
    this.#length = start;
    this.uint64(written);
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
