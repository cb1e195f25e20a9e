/** One timer, which no process of Node waits for. */
export class WakeUp {
  readonly #onTime: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onTime: () => void) {
    this.#onTime = onTime;
  }

  /** In so many ms, and not when it was set to before. */
  in(pause: number): void {
    this.stop();
    const timer = setTimeout(() => this.#onTime(), pause);
    (timer as { unref?: () => void }).unref?.();
    this.#timer = timer;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
