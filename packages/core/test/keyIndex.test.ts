import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyIndex } from '../src/tiers/keyIndex.js';

/** Keys that few characters tell apart, that only many do, that only all do, and short ones. */
const kinds = {
  digests: (number: number) => (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(64, '0'),
  sameLastFour: (number: number) => `${number.toString(36).padStart(60, '0')}abcd`,
  sameLastEight: (number: number) => `${number}-the-same-ending`,
  short: (number: number) => number.toString(36),
};

/** What is done with an index, and with a Map beside it. */
class Compared {
  readonly #index = new KeyIndex();
  readonly #map = new Map<string, number>();
  readonly #free: number[] = [];
  #reserved = 0;

  add(key: string): void {
    if (this.#map.has(key)) return;
    const slot = this.#free.pop() ?? this.#map.size;
    if (slot >= this.#reserved) {
      this.#reserved = Math.max(8, 2 * this.#reserved);
      this.#index.reserve(this.#reserved);
    }
    this.#index.add(key, slot);
    this.#map.set(key, slot);
  }

  remove(key: string): void {
    const slot = this.#map.get(key);
    if (slot === undefined) return;
    this.#index.remove(slot);
    this.#map.delete(key);
    this.#free.push(slot);
  }

  check(keys: Iterable<string>): void {
    expect(this.#index.size).toBe(this.#map.size);
    for (const key of keys) expect(this.#index.find(key), key).toBe(this.#map.get(key) ?? -1);
  }
}

describe('KeyIndex', () => {
  it.each(Object.entries(kinds))('finds what a Map finds: %s', (_, keyOf) => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 600 })), { maxLength: 1_500 });
    fc.assert(
      fc.property(steps, (all) => {
        const compared = new Compared();
        for (const [isAdded, number] of all) {
          if (isAdded) compared.add(keyOf(number));
          else compared.remove(keyOf(number));
        }
        compared.check(Array.from({ length: 620 }, (_, number) => keyOf(number)));
      }),
      { numRuns: 40 },
    );
  });

  it.each(Object.entries(kinds))('finds many, and after most of them are gone: %s', (_, keyOf) => {
    const compared = new Compared();
    const keys = Array.from({ length: 70_000 }, (_, number) => keyOf(number));
    for (const key of keys) compared.add(key);
    for (const [at, key] of keys.entries()) if (at % 7 !== 0) compared.remove(key);
    compared.check(keys);
  });

  it('takes keys of all kinds at once, and tells alike ones apart', () => {
    const compared = new Compared();
    const keys = ['', 'a', 'abcd', 'xabcd', 'xxxxabcd', 'é', '\u{1f600}', '\u0000', `${'x'.repeat(300)}abcd`];
    for (const key of keys) compared.add(key);
    compared.check([...keys, 'b', 'bcd', 'xxabcd', '\ud83d']);
  });

  it('has no key that is no string', () => {
    expect(new KeyIndex().find(undefined as never)).toBe(-1);
    expect(new KeyIndex().find(7 as never)).toBe(-1);
  });
});
