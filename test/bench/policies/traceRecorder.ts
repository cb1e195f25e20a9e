import type { Trace } from './trace.js';

/** Gathers requests for keys of any kind, and numbers the keys as they come. */
export class TraceRecorder<Key> {
  readonly #numbers = new Map<Key, number>();
  #requests = new Int32Array(1 << 16);
  #length = 0;

  add(key: Key): void {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
    }
    if (this.#length === this.#requests.length) this.#grow();
    this.#requests[this.#length++] = number;
  }

  trace(name: string): Trace {
    return { name, requests: this.#requests.subarray(0, this.#length), keys: this.#numbers.size };
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#requests.length);
    larger.set(this.#requests);
    this.#requests = larger;
  }
}
