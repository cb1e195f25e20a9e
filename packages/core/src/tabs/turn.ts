import type { Locks } from './surroundings.js';

export interface TurnOptions {
  readonly locks: Locks | undefined;
  /** Of the lock. Who asks for it first has the first turn. */
  readonly name: string;
  /** The place in the queue is taken only then. */
  readonly after: Promise<void>;
  /** In ms. */
  readonly longestWait: number;
}

/** The longest time a timer takes; with a longer one it would fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * A turn at something that one tab does at a time. Where there are no locks, where they fail, and when it takes too long,
 * it begins all the same: that something is done twice is better than that it is not done.
 */
export class Turn {
  /** Settles when the turn has begun, or has ended before. */
  readonly begun: Promise<void>;
  readonly #queue = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  #begin!: () => void;
  #release = () => {};
  #hasLeft = false;

  constructor({ locks, name, after, longestWait }: TurnOptions) {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    // It stays in the queue: whoever comes behind is then still held up while this one is at it.
    this.#timer = setTimeout(this.#begin, Math.min(longestWait, longestTimer));
    void this.#wait(locks, name, after);
  }

  /** Lets the others have their turn. Where this one has not begun, it begins when its longest wait is over or it is ended. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#queue.abort();
    this.#release();
  }

  end(): void {
    this.leave();
    this.#start();
  }

  async #wait(locks: Locks | undefined, name: string, after: Promise<void>): Promise<void> {
    try {
      await after;
      if (this.#hasLeft) return;
      await locks?.request(name, { signal: this.#queue.signal }, () => {
        // Granted in the moment it was left.
        if (this.#hasLeft) return undefined;
        this.#start();
        return new Promise((resolve) => {
          this.#release = resolve;
        });
      });
    } catch {
      // Left, or refused: a sandboxed frame, or a page that is no longer fully active.
    }
    if (!this.#hasLeft) this.#start();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#begin();
  }
}
