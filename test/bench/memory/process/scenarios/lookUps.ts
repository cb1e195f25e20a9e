import { randomNumbers } from '../../../support/randomNumbers.js';
import { shuffled } from '../../../support/shuffled.js';
import type { Cache } from '../cache.js';

/** Look-ups before an order comes again, at least: too many for the processor to learn. */
const leastOrder = 50_000;

/** Asks a cache for keys, again and again. */
export class LookUps {
  readonly #cache: Cache;
  #asked: readonly string[];
  #at = 0;

  constructor(cache: Cache, asked: readonly string[]) {
    this.#cache = cache;
    this.#asked = asked;
  }

  /** From now on these keys are asked for, from the first. */
  askFor(keys: readonly string[]): void {
    this.#asked = keys;
    this.#at = 0;
  }

  /** @returns how many were found */
  run(operations: number): number {
    const cache = this.#cache;
    const asked = this.#asked;
    let at = this.#at;
    let hits = 0;
    for (let done = 0; done < operations; done++) {
      if (cache.get(asked[at]!) !== undefined) hits++;
      if (++at === asked.length) at = 0;
    }
    this.#at = at;
    return hits;
  }
}

/**
 * Each of the numbers from `first` to below `end` as often as the others, in one random order after another: no cache
 * may gain from being asked in the order in which it keeps its entries.
 */
export function orderOf(first: number, end: number): number[] {
  const random = randomNumbers(1);
  const order: number[] = [];
  do for (const number of shuffled(first, end, random)) order.push(number);
  while (order.length < leastOrder);
  return order;
}
