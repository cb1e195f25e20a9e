import { now } from '../clock.js';
import { retryPause } from './retryPause.js';

/**
 * Keys of which a write failed when it was sent alone. Each is held back for a while of its own, and all of them together
 * after each failure among them, so that many of them are not tried more often than one.
 */
export class FailingKeys {
  readonly #keys = new Map<string, { readonly failures: number; readonly until: number }>();
  #failuresInRow = 0;
  #pausedUntil = 0;

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Those that may be tried, the one that has been due for the longest first. */
  due({ isForced }: { readonly isForced: boolean }): readonly string[] {
    const moment = isForced ? Number.POSITIVE_INFINITY : now();
    if (moment < this.#pausedUntil) return [];
    return [...this.#keys]
      .filter(([, { until }]) => until <= moment)
      .sort(([, a], [, b]) => a.until - b.until)
      .map(([key]) => key);
  }

  /** When the next of them may be tried, on the clock of `now`; `Infinity` for none. */
  get nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { until } of this.#keys.values()) next = Math.min(next, until);
    return Math.max(next, this.#pausedUntil);
  }

  /** A write of a key has failed alone. */
  failed(key: string): void {
    const failures = (this.#keys.get(key)?.failures ?? 0) + 1;
    this.#failuresInRow++;
    this.#pausedUntil = now() + retryPause(this.#failuresInRow);
    this.#keys.set(key, { failures, until: now() + retryPause(failures) });
  }

  /** The origin has answered for a key. */
  succeeded(key: string): void {
    if (!this.#keys.delete(key)) return;
    this.#failuresInRow = 0;
    this.#pausedUntil = 0;
  }

  /** Forgets the others: another tab has delivered their writes. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#keys.keys()) if (!keys.has(key)) this.#keys.delete(key);
  }
}
