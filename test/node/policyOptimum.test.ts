import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitTree } from '../bench/policies/bitTree.js';
import { optimalHitsOf } from '../bench/policies/optimum.js';
import { traceOf } from '../support/traces.js';

/** Tries every victim of every eviction. What is held is a set of bits, so that no state is tried twice. */
function mostHits(requests: readonly number[], capacity: number): number {
  const known = new Map<string, number>();
  const from = (at: number, held: number): number => {
    if (at === requests.length) return 0;
    const state = `${at} ${held}`;
    const answer = known.get(state);
    if (answer !== undefined) return answer;
    const bit = 1 << requests[at]!;
    let best = 0;
    if ((held & bit) !== 0) {
      best = 1 + from(at + 1, held);
    } else if (held.toString(2).replaceAll('0', '').length < capacity) {
      best = from(at + 1, held | bit);
    } else {
      for (let victim = 1; victim <= held; victim *= 2) {
        if ((held & victim) !== 0) best = Math.max(best, from(at + 1, (held & ~victim) | bit));
      }
    }
    known.set(state, best);
    return best;
  };
  return from(0, 0);
}

describe('the optimum', () => {
  it('hits as often as the best of all choices does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 24 }),
        fc.integer({ min: 1, max: 4 }),
        (requests, capacity) => {
          expect(optimalHitsOf(traceOf(requests), capacity)).toBe(mostHits(requests, capacity));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('must insert every miss', () => {
    // Were it allowed to leave b, c and d out, a would hit 3 times in a single entry.
    expect(optimalHitsOf(traceOf('abacada'), 1)).toBe(0);
    expect(optimalHitsOf(traceOf('abacada'), 2)).toBe(3);
  });

  it('keeps what all requests ask for where there is room', () => {
    expect(optimalHitsOf(traceOf('abcabcabc'), 3)).toBe(6);
    expect(optimalHitsOf(traceOf('abcabcabc'), 10)).toBe(6);
  });
});

describe('a bit tree', () => {
  it('knows its members and the highest of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40_000 }),
        fc.array(fc.tuple(fc.boolean(), fc.nat())),
        (bound, steps) => {
          const tree = new BitTree(bound);
          const members = new Set<number>();
          for (const [isAdded, any] of steps) {
            const number = any % bound;
            if (isAdded) tree.add(number);
            else tree.delete(number);
            if (isAdded) members.add(number);
            else members.delete(number);
            if (members.size > 0) expect(tree.highest()).toBe(Math.max(...members));
          }
          for (const [, any] of steps) expect(tree.has(any % bound)).toBe(members.has(any % bound));
        },
      ),
    );
  });
});
