/** ms; a longer one fires at once. */
const longestTimer = 2 ** 31 - 1;

/** Calls back when something has had nothing to do for some time. It costs one look at the clock each time it has. */
export class IdleWatch {
  readonly #timeout: number;
  readonly #isIdle: () => boolean;
  readonly #onIdle: () => void;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param timeout in ms; `Infinity`: never */
  constructor(timeout: number, isIdle: () => boolean, onIdle: () => void) {
    this.#timeout = timeout;
    this.#isIdle = isIdle;
    this.#onIdle = onIdle;
  }

  /** Call when there is nothing to do any more. */
  begin(): void {
    if (this.#timeout === Number.POSITIVE_INFINITY) return;
    this.#since = performance.now();
    this.#timer ??= setTimeout(this.#check, Math.min(this.#timeout, longestTimer));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #check = (): void => {
    this.#timer = undefined;
    // What is being done now ends with another `begin`.
    if (!this.#isIdle()) return;
    const left = this.#timeout - (performance.now() - this.#since);
    if (left > 0) this.#timer = setTimeout(this.#check, Math.min(left, longestTimer));
    else this.#onIdle();
  };
}
