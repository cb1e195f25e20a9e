import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GhostQueue } from '../../src/policies/ghostQueue.js';

/** The same by an array, the oldest first. */
class NaiveQueue {
  #hashes: number[] = [];

  get size(): number {
    return this.#hashes.length;
  }

  add(hash: number, bound: number): void {
    this.#hashes.push(hash);
    this.#hashes.splice(0, Math.max(0, this.#hashes.length - bound));
  }

  take(hash: number): boolean {
    const at = this.#hashes.lastIndexOf(hash);
    if (at >= 0) this.#hashes.splice(at, 1);
    return at >= 0;
  }
}

// Few hashes, so that they come again; some that differ in their high or low bits only.
const hash = fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31), 0x10000, 0x20000));

describe('GhostQueue', () => {
  it('remembers what an array would, whatever the bounds', () => {
    const step = fc.oneof(
      fc.record({ add: hash, bound: fc.constantFrom(0, 1, 5, 5, 20, 20, 40) }),
      fc.record({ take: hash }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const queue = new GhostQueue();
        const naive = new NaiveQueue();
        for (const each of steps) {
          if ('add' in each) {
            queue.add(each.add, each.bound);
            naive.add(each.add, each.bound);
          } else expect(queue.take(each.take)).toBe(naive.take(each.take));
          expect(queue.size).toBe(naive.size);
        }
      }),
    );
  });

  it('goes on through many rounds of its ring', () => {
    const queue = new GhostQueue();
    for (let at = 0; at < 200_000; at++) {
      queue.add(at, 1000);
      // Every third leaves its place empty.
      if (at % 3 === 0) expect(queue.take(at - 501)).toBe(at >= 501);
    }
    expect(queue.size).toBeLessThanOrEqual(1000);
    expect(queue.take(199_999)).toBe(true);
    expect(queue.take(150_000)).toBe(false);
  });
});
