/**
 * Whole numbers from 0 to 2³² − 1 in a fixed order that looks random. G. Marsaglia, "Xorshift RNGs", Journal of
 * Statistical Software 8(14), 2003; the state starts from a mixed seed, because neighbouring seeds begin alike.
 */
export class RandomNumbers {
  #state: number;

  constructor(seed: number) {
    let state = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b);
    state = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
    this.#state = state ^ (state >>> 16) || 0x9e3779b9;
  }

  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** From 0 to `end` − 1. */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end);
  }
}
