import { isPredcacheError } from '../../errors/predcacheError.js';
import { Backoff } from './backoff.js';

interface NetworkScope {
  readonly navigator?: { readonly onLine?: boolean };
  addEventListener?(type: 'online', listener: () => void): void;
  removeEventListener?(type: 'online', listener: () => void): void;
}

/**
 * Whether the cloud is within reach, as outcomes say. A browser's `onLine` is believed where it says no: it says yes of any
 * network, also one that leads nowhere. Its `online` event ends a pause, as a hint that trying is worth it.
 */
export class CloudReach {
  readonly #backoff = new Backoff();
  #isListening = false;

  /** Whether the caller may try it before another engine. */
  mayTry(): boolean {
    return !isOffline() && this.#backoff.mayTry();
  }

  get isLikely(): boolean {
    return !isOffline() && !this.#backoff.isResting;
  }

  answered(): void {
    this.#backoff.succeeded();
    this.#listen(false);
  }

  /** @param begunAt when it was asked */
  notReached(begunAt: number): void {
    this.#backoff.failed(begunAt);
    this.#listen(true);
  }

  close(): void {
    this.#listen(false);
  }

  // Only while there is a pause to end: whoever forgets to dispose of a predictor then keeps nothing alive.
  #listen(isNeeded: boolean): void {
    if (isNeeded === this.#isListening) return;
    this.#isListening = isNeeded;
    const scope = globalThis as NetworkScope;
    if (isNeeded) scope.addEventListener?.('online', this.#online);
    else scope.removeEventListener?.('online', this.#online);
  }

  readonly #online = (): void => {
    this.#backoff.end();
    this.#listen(false);
  };
}

/** Whether a failure of the cloud says that nobody there would answer another input either. */
export function isOutOfReach(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    if (!isPredcacheError(each)) {
      if (isFetchFailure(each)) return true;
      continue;
    }
    if (/^(REMOTE_UNREACHABLE|REMOTE_TIMEOUT|PREDICT_TIMEOUT)$/.test(each.code)) return true;
    const { status } = each.details;
    if (each.code === 'REMOTE_STATUS' && typeof status === 'number')
      return status >= 500 || status === 429 || status === 408;
  }
  return false;
}

/** What `fetch` rejects with is a TypeError like any other: only its words tell (Chromium, Node, Firefox, Safari). */
function isFetchFailure({ name, message }: Error): boolean {
  return name === 'TypeError' && /^(Failed to fetch|fetch failed|NetworkError|Load failed)/.test(message);
}

function isOffline(): boolean {
  return (globalThis as NetworkScope).navigator?.onLine === false;
}
