import type { LoadProgress } from '@predcache/core';
import { callListener } from '../callListener.js';
import { GrowingPause } from '../growingPause.js';
import type { ModelArgument } from '../session/methods.js';
import type { PooledCall } from './pooledCall.js';

/** What the page knows of one model, whichever workers have it. */
export class PooledModel {
  readonly identity: string;
  readonly argument: ModelArgument;
  /** `load` calls that wait for it. */
  readonly loads = new Set<PooledCall>();
  /** Workers that died while they were loading it, since it was loaded last. */
  deaths = 0;
  /** Between tries to have it in one more worker, where one has it already. */
  readonly spreading = new GrowingPause();
  /** The first failure is forgiven. */
  readonly #failing = new GrowingPause({ forgiven: 1 });
  #failure: unknown;
  #progress: LoadProgress | undefined;
  readonly #listeners = new Set<(progress: LoadProgress) => void>();

  constructor(identity: string, { model, settings }: ModelArgument) {
    this.identity = identity;
    this.argument = { model, settings };
  }

  /** Why it could not be loaded a moment ago: then it is not tried again just yet. */
  get failedLately(): { readonly error: unknown } | undefined {
    return this.#failing.remaining > 0 ? { error: this.#failure } : undefined;
  }

  loaded(): void {
    this.deaths = 0;
    this.#failing.succeeded();
    this.spreading.succeeded();
    this.#progress = undefined;
  }

  failed(error: unknown): void {
    this.#failure = error;
    this.#failing.failed();
    this.#progress = undefined;
  }

  /** Tells a call of the loading that it waits for, and how far that is. Gives what stops that. */
  tellProgress(listener: (progress: LoadProgress) => void): () => void {
    this.#listeners.add(listener);
    if (this.#progress !== undefined) callListener(listener, this.#progress);
    return () => this.#listeners.delete(listener);
  }

  /** A load that begins again in another worker does not go back for those who look at it. */
  progressed(progress: LoadProgress): void {
    this.#progress = { ...progress, ratio: Math.max(progress.ratio, this.#progress?.ratio ?? 0) };
    for (const listener of [...this.#listeners]) callListener(listener, this.#progress);
  }
}
