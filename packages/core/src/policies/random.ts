import { PredcacheError } from '../errors/predcacheError.js';
import type { EvictionPolicy } from './evictionPolicy.js';
import { growArray } from './growArray.js';
import { RandomNumbers } from './randomNumbers.js';

export interface RandomOptions {
  /**
   * A whole number; the same seed evicts the same entries in the same order.
   *
   * @default 1
   */
  readonly seed?: number | undefined;
}

/**
 * Evicts any entry, each as likely as the others. Choose it where nothing is known of the traffic and no pattern of it
 * (a loop just larger than the cache, say) may be the worst case; elsewhere it is close to `fifo()`.
 *
 * L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when the seed is not a whole number.
 *
 * @example
 * memory({ maxSize: 8e6, policy: random({ seed: 7 }) });
 */
export function random({ seed = 1 }: RandomOptions = {}): EvictionPolicy {
  if (!Number.isSafeInteger(seed)) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `seed is ${String(seed)}`,
      where: 'random({ seed })',
      hint: 'Pass a whole number',
    });
  }
  return new RandomChoice(seed);
}

class RandomChoice implements EvictionPolicy {
  readonly name = 'random';
  readonly #seed: number;
  readonly #numbers: RandomNumbers;
  #held = new Int32Array(0);
  /** Where in `#held` a slot is. */
  #positions = new Int32Array(0);
  #size = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#numbers = new RandomNumbers(seed);
  }

  reserve(slots: number): void {
    this.#held = growArray(this.#held, slots);
    this.#positions = growArray(this.#positions, slots);
  }

  inserted(slot: number): void {
    this.#positions[slot] = this.#size;
    this.#held[this.#size++] = slot;
  }

  used(): void {}

  replaced(): void {}

  removed(slot: number): void {
    const position = this.#positions[slot]!;
    const last = this.#held[--this.#size]!;
    this.#held[position] = last;
    this.#positions[last] = position;
  }

  victim(): number {
    return this.#held[this.#numbers.below(this.#size)]!;
  }

  fresh(): EvictionPolicy {
    return new RandomChoice(this.#seed);
  }
}
