/** How many may be under way at once; the others wait in order. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs some work when it is its turn, unless by then it is not wanted any more. */
  async take<Result>(isWanted: () => boolean, work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return isWanted() ? await work() : undefined;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
