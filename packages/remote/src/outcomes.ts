import { type Availability, isPredcacheError } from '@predcache/core';

/** What the last calls for each model said about the server. */
export class Outcomes {
  readonly #failures = new Map<string, string>();

  succeeded(model: string): void {
    this.#failures.delete(model);
  }

  /** Failures that are the caller's own (an abort, a bad input) say nothing about the server. */
  failed(model: string, error: unknown): void {
    if (isPredcacheError(error) && isServersFault(error.code, error.details.status)) {
      this.#failures.set(model, error.message);
    }
  }

  availability(model: string): Availability {
    const reason = this.#failures.get(model);
    return reason === undefined ? { state: 'available' } : { state: 'unavailable', reason };
  }
}

function isServersFault(code: string, status: unknown): boolean {
  if (code !== 'REMOTE_STATUS') return code.startsWith('REMOTE_');
  if (typeof status !== 'number') return false;
  return status >= 500 || [401, 403, 404, 408, 429].includes(status);
}
