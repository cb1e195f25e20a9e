import type { PredcacheError } from '@predcache/core';
import type { Alarm } from './alarm.js';

/** The time an operation has. Browsers have bugs by which a request never settles; with this, every one does. */
export class Deadline {
  /** By `performance.now()`, in ms. */
  readonly at: number;
  readonly #alarm: Alarm;
  readonly #toError: () => PredcacheError;
  readonly #waiting: ((error: PredcacheError) => void)[] = [];
  #error: PredcacheError | undefined;

  /** @param timeout In ms, from now. */
  constructor(alarm: Alarm, timeout: number, toError: () => PredcacheError) {
    this.at = performance.now() + timeout;
    this.#alarm = alarm;
    this.#toError = toError;
    alarm.add(this);
  }

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** The promise's outcome, or a rejection when the time is over before it has one. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject);
      if (this.#error === undefined) this.#waiting.push(reject);
      else reject(this.#error);
    });
  }

  /** The time is over. */
  expire(): void {
    this.#error = this.#toError();
    for (const reject of this.#waiting) reject(this.#error);
  }

  /** What it was for has ended. */
  clear(): void {
    this.#alarm.remove(this);
  }
}
