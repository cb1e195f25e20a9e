import type { PredcacheError } from '@predcache/core';
import { ignore } from './ignore.js';

/** The time an operation has. Browsers have bugs by which a request never settles; with this, every one does. */
export class Deadline {
  readonly #expiry: Promise<never>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  /** @param timeout In ms, from now. */
  constructor(timeout: number, toError: () => PredcacheError) {
    let expire: () => void = ignore;
    this.#expiry = new Promise((_, reject) => {
      expire = () => reject(toError());
    });
    this.#expiry.catch(ignore);
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      expire();
    }, timeout);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The promise's outcome, or a rejection when the time is over before it has one. */
  race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#expiry]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
