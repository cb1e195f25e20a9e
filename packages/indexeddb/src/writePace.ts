/**
 * Keeps writes out of the way of look-ups. IndexedDB makes every look-up wait for a write that was begun before it, which
 * would cost each miss in a row the write of the one before it. So while look-ups are going on, writes that follow
 * one another closely are gathered for a while; a write that comes alone goes at once.
 */
export class WritePace {
  readonly #gatherTime: number;
  #lookedUpAt = Number.NEGATIVE_INFINITY;
  #wroteAt = Number.NEGATIVE_INFINITY;
  #goNow: (() => void) | undefined;

  /** @param gatherTime ms */
  constructor(gatherTime: number) {
    this.#gatherTime = gatherTime;
  }

  lookedUp(): void {
    this.#lookedUpAt = performance.now();
  }

  wrote(): void {
    this.#wroteAt = performance.now();
  }

  /** Settles when the next write may go. */
  async turn(): Promise<void> {
    const now = performance.now();
    const left = this.#wroteAt + this.#gatherTime - now;
    if (left <= 0 || now - this.#lookedUpAt >= this.#gatherTime) return;
    // Timers of hidden pages fire once a second at most, and such a page may be ended at any moment.
    if (globalThis.document?.visibilityState === 'hidden') return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#goNow = resolve;
      timer = setTimeout(resolve, left);
    });
    clearTimeout(timer);
    this.#goNow = undefined;
  }

  /** Lets a write go that is waiting for its turn. */
  hurry(): void {
    this.#goNow?.();
  }
}
