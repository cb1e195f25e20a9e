/**
 * A set of whole numbers below a bound that knows its highest one: a bit for each number, and above every 32 bits one
 * that says whether any of them is set. Every step takes as many reads as the bound has digits to the base of 32.
 */
export class BitTree {
  /** The numbers' own bits first; a single word last. */
  readonly #levels: Int32Array[] = [];

  constructor(bound: number) {
    let words = bound;
    do {
      words = Math.ceil(words / 32);
      this.#levels.push(new Int32Array(words));
    } while (words > 1);
  }

  has(number: number): boolean {
    return ((this.#levels[0]![number >>> 5]! >>> number) & 1) === 1;
  }

  add(number: number): void {
    let bit = number;
    for (const level of this.#levels) {
      const word = bit >>> 5;
      const before = level[word]!;
      level[word] = before | (1 << bit);
      if (before !== 0) return;
      bit = word;
    }
  }

  delete(number: number): void {
    let bit = number;
    for (const level of this.#levels) {
      const word = bit >>> 5;
      const after = level[word]! & ~(1 << bit);
      level[word] = after;
      if (after !== 0) return;
      bit = word;
    }
  }

  /** Meaningful while there is one. */
  highest(): number {
    let word = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      word = 32 * word + 31 - Math.clz32(this.#levels[level]![word]!);
    }
    return word;
  }
}
