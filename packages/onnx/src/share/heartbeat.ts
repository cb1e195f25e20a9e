export interface HeartbeatOptions {
  /** ms from one question to the next. */
  readonly interval: number;
  /** Questions in a row that may go without any answer. */
  readonly patience: number;
  readonly isNeeded: () => boolean;
  /** Asks for a sign of life. `number` counts up. */
  readonly ask: (number: number, unanswered: number) => void;
  readonly onSilence: () => void;
}

/**
 * Asks the leader for signs of life as long as anything is awaited from it. Questions are counted, not ms: a tab that
 * slept itself has asked nothing meanwhile.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #unanswered = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** How many questions were asked so far. */
  get asked(): number {
    return this.#asked;
  }

  /** Something is awaited from now on. */
  start(): void {
    this.#timer ??= setTimeout(() => this.#beat(), this.#interval());
  }

  /** The leader has said something. */
  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unanswered = 0;
  }

  #beat(): void {
    this.#timer = undefined;
    const { isNeeded, patience, ask, onSilence } = this.#options;
    if (!isNeeded()) {
      this.#unanswered = 0;
    } else if (this.#unanswered >= patience) {
      this.#unanswered = 0;
      onSilence();
    } else {
      this.#asked += 1;
      this.#unanswered += 1;
      ask(this.#asked, this.#unanswered);
      this.start();
    }
  }

  /** A little different each time, so that not all tabs lose their patience in the same moment. */
  #interval(): number {
    return this.#options.interval * (0.8 + 0.4 * Math.random());
  }
}
