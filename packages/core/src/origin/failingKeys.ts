import { now } from '../clock.js';
import { retryPause } from './retryPause.js';

/** Keys of which a write failed when it was sent alone: each is held back for a while of its own. */
export class FailingKeys {
  readonly #keys = new Map<string, { readonly failures: number; readonly until: number }>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Whether a key may be tried at a moment on the clock of `now`. */
  isDue(key: string, moment: number): boolean {
    return (this.#keys.get(key)?.until ?? 0) <= moment;
  }

  /** When the first of them may be tried; `Infinity` for none. */
  get nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { until } of this.#keys.values()) next = Math.min(next, until);
    return next;
  }

  failed(key: string): void {
    const failures = (this.#keys.get(key)?.failures ?? 0) + 1;
    this.#keys.set(key, { failures, until: now() + retryPause(failures) });
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }

  /** Forgets the others: another tab has delivered their writes. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#keys.keys()) if (!keys.has(key)) this.#keys.delete(key);
  }
}
