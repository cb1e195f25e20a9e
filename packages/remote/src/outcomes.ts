import { type Availability, isPredcacheError } from '@predcache/core';

interface Failure {
  readonly reason: string;
  /** On the clock of `performance.now`. */
  readonly at: number;
}

/** What the last calls for each model said about the server. */
export class Outcomes {
  readonly #failures = new Map<string, Failure>();
  readonly #lifetime: number;
  #isAny = false;

  /** @param lifetime ms after which a failure no longer says anything */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** Whether there has been a call at all. */
  get isAny(): boolean {
    return this.#isAny;
  }

  succeeded(model: string): void {
    this.#isAny = true;
    this.#failures.delete(model);
  }

  /** Failures that are the caller's own (an abort, a bad input) say nothing about the server. */
  failed(model: string, error: unknown): void {
    if (isPredcacheError(error) && isServersFault(error.code, error.details.status)) {
      this.#isAny = true;
      this.#failures.set(model, { reason: error.message, at: performance.now() });
    }
  }

  availability(model: string): Availability {
    const failure = this.#failures.get(model);
    const isOld = failure !== undefined && performance.now() - failure.at >= this.#lifetime;
    if (failure === undefined || isOld) return { state: 'available' };
    return { state: 'unavailable', reason: failure.reason };
  }
}

function isServersFault(code: string, status: unknown): boolean {
  if (code !== 'REMOTE_STATUS') return code.startsWith('REMOTE_');
  if (typeof status !== 'number') return false;
  return status >= 500 || [401, 403, 404, 408, 429].includes(status);
}
