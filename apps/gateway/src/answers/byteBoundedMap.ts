/** A map of strings that lets the longest unused go once what it holds is too large. */
export class ByteBoundedMap<Value> {
  readonly #maxSize: number;
  readonly #values = new Map<string, { readonly value: Value; readonly size: number }>();
  #size = 0;

  /** @param maxSize bytes */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Bytes, as they were told. */
  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    // Only once there is something to choose from: moving to the end costs more than finding.
    if (this.#size > this.#maxSize / 2) {
      this.#values.delete(key);
      this.#values.set(key, found);
    }
    return found.value;
  }

  /** What is larger than a tenth of all is not kept: it would drive out too much. */
  set(key: string, value: Value, size: number): void {
    this.delete(key);
    if (size > this.#maxSize / 10) return;
    this.#values.set(key, { value, size });
    this.#size += size;
    for (const [oldest] of this.#values) {
      if (this.#size <= this.#maxSize) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const found = this.#values.get(key);
    if (found === undefined) return;
    this.#values.delete(key);
    this.#size -= found.size;
  }
}
