/** A promise and how long it took, or has taken so far, in ms. */
export interface Timed {
  readonly what: string;
  readonly time: number;
}

/** Times every promise that the library gives, and knows which have not settled. */
export class Watch {
  readonly #pending = new Set<{ readonly what: string; readonly since: number }>();
  #slowest: Timed = { what: 'none', time: 0 };

  /** Of all, those included that have not settled yet. */
  get slowest(): Timed {
    return this.pending.reduce((slowest, each) => (each.time > slowest.time ? each : slowest), this.#slowest);
  }

  get pending(): readonly Timed[] {
    const now = performance.now();
    return [...this.#pending].map(({ what, since }) => ({ what, time: now - since }));
  }

  /** Calls what gives a promise, and gives it on. */
  async time<T>(what: string, call: () => PromiseLike<T> | T): Promise<T> {
    const each = { what, since: performance.now() };
    this.#pending.add(each);
    try {
      return await call();
    } finally {
      this.#pending.delete(each);
      const time = performance.now() - each.since;
      if (time > this.#slowest.time) this.#slowest = { what, time };
    }
  }

  /** Settles when nothing is pending, or what is has been for so many ms; gives that. */
  async settled(limit: number): Promise<readonly Timed[]> {
    for (;;) {
      const { pending } = this;
      if (pending.every(({ time }) => time > limit)) return pending;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
