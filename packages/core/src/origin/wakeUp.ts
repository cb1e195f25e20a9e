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
    // Timers cut off what is behind the point, and would come too early for what they are set for, again and again.
    const timer = setTimeout(() => this.#onTime(), Math.ceil(pause));
    (timer as { unref?: () => void }).unref?.();
    this.#timer = timer;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
