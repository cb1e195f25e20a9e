export interface TrackOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called when the signal aborted the call before it had settled by itself. */
  readonly onAbort?: () => void;
}

/**
 * Calls that have not settled yet. Each settles with its own outcome, with the reason of its aborted signal, or with
 * what `rejectAll` is given, whichever comes first; what comes later is dropped.
 */
export class PendingCalls {
  readonly #rejects = new Set<(reason: unknown) => void>();
  #closed: { readonly reason: unknown } | undefined;

  get size(): number {
    return this.#rejects.size;
  }

  track<T>(start: () => Promise<T>, { signal, onAbort }: TrackOptions = {}): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.reason);
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      const settle = () => {
        signal?.removeEventListener('abort', abort);
        return this.#rejects.delete(rejectNow);
      };
      const rejectNow = (reason: unknown) => {
        if (settle()) reject(reason);
      };
      const abort = () => {
        if (!settle()) return;
        reject(signal?.reason);
        onAbort?.();
      };
      signal?.addEventListener('abort', abort);
      this.#rejects.add(rejectNow);
      start().then((value) => {
        if (settle()) resolve(value);
      }, rejectNow);
    });
  }

  /** Settles everything pending; calls tracked from now on reject with the same reason. */
  rejectAll(reason: unknown): void {
    this.#closed ??= { reason };
    for (const reject of [...this.#rejects]) reject(reason);
  }
}
