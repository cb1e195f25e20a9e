/** Aborts when the caller does, and when nothing has come for a while. */
export class StallGuard {
  readonly #controller = new AbortController();
  readonly #timeout: number;
  readonly #outer: AbortSignal;
  readonly #onAbort = () => this.#controller.abort(this.#outer.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  hasStalled = false;

  constructor(timeout: number, outer: AbortSignal) {
    this.#timeout = timeout;
    this.#outer = outer;
    outer.throwIfAborted();
    outer.addEventListener('abort', this.#onAbort);
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.hasStalled = true;
      this.#controller.abort();
    }, this.#timeout);
  }

  /** Also lets go of an answer that was not read to its end, and of its connection with it. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }
}
