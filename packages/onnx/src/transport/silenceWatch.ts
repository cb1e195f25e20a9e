/** ms to answer when asked for a sign of life; a page that slept finds its own timer due before the mail. */
const grace = 2_000;

export interface SilenceWatchOptions {
  /** ms of silence that are no reason to worry. */
  readonly timeout: number;
  readonly isBusy: () => boolean;
  readonly ask: () => void;
  readonly onSilence: () => void;
}

/** Notices that a worker which has work to do says nothing any more, not even when asked. */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Calls the worker has been given and has not answered, aborted ones too. */
  #unanswered = 0;
  #heard = 0;
  #hasAsked = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  /** Call when work is given to the worker. */
  begin(): void {
    // The silence of a worker that had nothing to do does not count.
    if (this.#unanswered++ === 0) this.heard();
    if (this.#timer === undefined) this.#wait(this.#options.timeout);
  }

  /** Call when that is answered. */
  end(): void {
    this.#unanswered -= 1;
  }

  /** Call with every message that comes. */
  heard(): void {
    this.#heard = performance.now();
    this.#hasAsked = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(delay: number): void {
    this.#timer = setTimeout(() => this.#check(), delay);
  }

  #check(): void {
    this.#timer = undefined;
    if (!this.#options.isBusy()) return;
    const left = this.#options.timeout - (performance.now() - this.#heard);
    if (left > 0) this.#wait(left);
    else if (this.#hasAsked) this.#options.onSilence();
    else {
      this.#hasAsked = true;
      this.#options.ask();
      this.#wait(grace);
    }
  }
}
