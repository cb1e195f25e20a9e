import type { Locks } from './surroundings.js';

/** A lock that a tab holds as long as it is there, so that others notice its end, in whatever way it comes. */
export class TabLock {
  /** Settles when it is held. Rejects where there are no locks to be had. */
  readonly held: Promise<void>;
  #release: () => void = () => {};

  constructor(locks: Locks, name: string) {
    const released = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.held = new Promise((resolve, reject) => {
      const hold = () => {
        resolve();
        return released;
      };
      locks.request(name, {}, hold).catch(reject);
    });
    // Whoever waits for it hears of it.
    this.held.catch(() => {});
  }

  release(): void {
    this.#release();
  }
}

/** Calls `onGone` when the tab that holds the lock is no longer there. Gives a function that stops watching. */
export function watchTab(locks: Locks, name: string, onGone: () => void): () => void {
  const waiting = new AbortController();
  const { signal } = waiting;
  locks
    // Shared: a tab that watches too, but has hung, does not keep it from this one.
    .request(name, { mode: 'shared', signal }, () => {
      if (!signal.aborted) onGone();
      return undefined;
    })
    // Given up. Refused it cannot be: this tab holds another lock.
    .catch(() => {});
  return () => waiting.abort();
}
