import type { LoadProgress } from '@predcache/core';
import { callListener } from '../callListener.js';
import { PendingCalls } from '../pendingCalls.js';
import { ProgressReporter } from './loadProgress.js';

export interface JoinOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

export interface SharedLoadOptions<T> {
  readonly start: (signal: AbortSignal, progress: ProgressReporter) => Promise<T>;
  /** ms a load goes on without anybody waiting: who types aborts one request just before the next. */
  readonly linger: number;
  readonly onAbandoned: () => void;
}

/** One load for everybody who waits for it. It is aborted when the last of them has left. */
export class SharedLoad<T> {
  readonly result: Promise<T>;
  readonly #waiting = new PendingCalls();
  readonly #controller = new AbortController();
  readonly #listeners = new Set<(progress: LoadProgress) => void>();
  readonly #progress: ProgressReporter;
  readonly #options: SharedLoadOptions<T>;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #settled = false;

  constructor(options: SharedLoadOptions<T>) {
    this.#options = options;
    this.#progress = new ProgressReporter((progress) => {
      for (const listener of this.#listeners) callListener(listener, progress);
    });
    this.result = options.start(this.#controller.signal, this.#progress).finally(() => {
      this.#settled = true;
      clearTimeout(this.#lingering);
    });
    // Everybody may have left by the time it fails.
    this.result.catch(() => {});
  }

  join({ signal, onProgress }: JoinOptions): Promise<T> {
    clearTimeout(this.#lingering);
    if (onProgress !== undefined) {
      this.#listeners.add(onProgress);
      callListener(onProgress, this.#progress.last);
    }
    return this.#waiting
      .track(() => this.result, { signal })
      .finally(() => {
        if (onProgress !== undefined) this.#listeners.delete(onProgress);
        this.#leave();
      });
  }

  /** Stops at once, whoever waits; they get the reason. */
  abort(reason: unknown): void {
    clearTimeout(this.#lingering);
    this.#controller.abort(reason);
    this.#waiting.rejectAll(reason);
  }

  /** Ends at once what only goes on for those who may yet come. */
  abandonUnlessWaitedFor(): void {
    if (this.#settled || this.#waiting.size > 0) return;
    clearTimeout(this.#lingering);
    this.#options.onAbandoned();
    this.abort(new DOMException('Nobody waits for this model any more', 'AbortError'));
  }

  #leave(): void {
    if (this.#settled || this.#waiting.size > 0) return;
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.abandonUnlessWaitedFor(), this.#options.linger);
  }
}
