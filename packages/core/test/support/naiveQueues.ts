import type { NaivePolicy } from './naivePolicies.js';

export class NaiveSieve implements NaivePolicy {
  /** The oldest first. */
  #queue: { key: string; isVisited: boolean }[] = [];
  /** The key that the hand points at; `undefined` when it starts from the oldest next. */
  #hand: string | undefined;

  insert(key: string): void {
    this.#queue.push({ key, isVisited: false });
  }
  use(key: string): void {
    this.#queue.find((each) => each.key === key)!.isVisited = true;
  }
  replace(key: string): void {
    this.use(key);
  }
  remove(key: string): void {
    const at = this.#queue.findIndex((each) => each.key === key);
    if (this.#hand === key) this.#hand = this.#queue[at + 1]?.key;
    this.#queue.splice(at, 1);
  }
  victim(): string {
    let at = Math.max(
      0,
      this.#queue.findIndex(({ key }) => key === this.#hand),
    );
    while (this.#queue[at]!.isVisited) {
      this.#queue[at]!.isVisited = false;
      at = (at + 1) % this.#queue.length;
    }
    this.#hand = this.#queue[at]!.key;
    return this.#hand;
  }
  fresh(): NaivePolicy {
    return new NaiveSieve();
  }
}

interface Queued {
  readonly key: string;
  readonly uses: number;
}

export class NaiveS3Fifo implements NaivePolicy {
  // All three: the oldest first.
  #small: Queued[] = [];
  #main: Queued[] = [];
  #ghost: string[] = [];

  insert(key: string): void {
    const queue = this.#ghost.includes(key) ? this.#main : this.#small;
    this.#ghost = this.#ghost.filter((each) => each !== key);
    queue.push({ key, uses: 0 });
  }
  use(key: string): void {
    const count = (each: Queued) => (each.key === key ? { key, uses: Math.min(3, each.uses + 1) } : each);
    this.#small = this.#small.map(count);
    this.#main = this.#main.map(count);
  }
  replace(key: string): void {
    this.use(key);
  }
  remove(key: string): void {
    this.#small = this.#small.filter((each) => each.key !== key);
    this.#main = this.#main.filter((each) => each.key !== key);
  }
  victim(): string {
    const held = this.#small.length + this.#main.length;
    if (this.#main.length <= held - Math.floor(Math.max(1, held * 0.1))) {
      while (this.#small[0] !== undefined && this.#small[0].uses >= 2)
        this.#main.push({ key: this.#small.shift()!.key, uses: 0 });
      if (this.#small[0] !== undefined) {
        this.#ghost.push(this.#small[0].key);
        this.#ghost.splice(0, this.#ghost.length - Math.floor(held * 0.9));
        return this.#small[0].key;
      }
    }
    for (;;) {
      const { key, uses } = this.#main[0]!;
      if (uses === 0) return key;
      this.#main.push({ key, uses: uses - 1 });
      this.#main.shift();
    }
  }
  fresh(): NaivePolicy {
    return new NaiveS3Fifo();
  }
}
