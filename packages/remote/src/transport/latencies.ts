const kept = 128;
/** Fewer say nothing about a percentile. */
const fewest = 20;

/** How long the last answers of an origin took. */
export class Latencies {
  readonly #times: number[] = [];
  #next = 0;

  add(time: number): void {
    this.#times[this.#next] = time;
    this.#next = (this.#next + 1) % kept;
  }

  /** ms that 95 % of the answers took at most; `undefined` while too few are known. */
  get p95(): number | undefined {
    const { length } = this.#times;
    if (length < fewest) return undefined;
    return [...this.#times].sort((a, b) => a - b)[Math.ceil(length * 0.95) - 1];
  }
}
