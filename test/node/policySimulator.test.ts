import { type EvictionPolicy, fifo, lfu, lru, sieve } from '@predcache/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../bench/policies/cells.js';
import { contestantNames, contestants } from '../bench/policies/contestants.js';
import { generatedTraces } from '../bench/policies/generatedTraces.js';
import { reportOf } from '../bench/policies/report.js';
import { hitsOf } from '../bench/policies/simulate.js';
import { traceOf } from '../support/traces.js';

describe('the simulator', () => {
  it.each([
    // In the order of the requests: m for a miss, h for a hit.
    { create: lru, requests: 'abacab', capacity: 2, hits: 'mmhmhm' },
    { create: fifo, requests: 'abacab', capacity: 2, hits: 'mmhmmm' },
    { create: lru, requests: 'abcabc', capacity: 2, hits: 'mmmmmm' },
    { create: lru, requests: 'abcabc', capacity: 3, hits: 'mmmhhh' },
    { create: lru, requests: 'aabbaa', capacity: 1, hits: 'mhmhmh' },
    // The hand spares a twice, and evicts b and then c.
    { create: sieve, requests: 'abacadad', capacity: 2, hits: 'mmhmhmhh' },
    { create: () => lfu({ aging: false }), requests: 'aaabcbc', capacity: 2, hits: 'mhhmmmm' },
  ])('$requests in $capacity entries: $hits', ({ create, requests, capacity, hits }) => {
    for (let end = 0; end < requests.length; end++) {
      const expected = hits.slice(0, end + 1).replaceAll('m', '').length;
      expect(hitsOf(traceOf(requests.slice(0, end + 1)), capacity, create())).toBe(expected);
    }
  });

  it('tells a policy what a tier would tell it', () => {
    const calls: string[] = [];
    const inner = lru();
    const policy: EvictionPolicy = {
      name: 'told',
      fresh: () => policy,
      replaced: () => calls.push('replaced'),
      reserve: (slots) => calls.push(`reserve ${slots}`) && inner.reserve(slots),
      inserted: (slot, hash, size, cost) => {
        calls.push(`inserted ${slot} ${size} ${cost}`);
        expect(hash).toBe(hash | 0);
        inner.inserted(slot, hash, size, cost);
      },
      used: (slot) => calls.push(`used ${slot}`) && inner.used(slot),
      removed: (slot) => calls.push(`removed ${slot}`) && inner.removed(slot),
      victim: () => inner.victim(),
    };
    hitsOf(traceOf('abac'), 2, policy);
    expect(calls).toEqual([
      'reserve 2',
      'inserted 0 1 1',
      'inserted 1 1 1',
      'used 0',
      'removed 1',
      'inserted 1 1 1',
    ]);
  });

  it('no policy hits more often than the optimum, and each as often where all fits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (requests, capacity) => {
          const trace = traceOf(requests);
          const best = contestants.optimum(trace, capacity);
          for (const name of contestantNames) {
            const hits = contestants[name](trace, capacity);
            expect(hits).toBeLessThanOrEqual(best);
            if (trace.keys <= capacity) expect(hits).toBe(requests.length - trace.keys);
          }
        },
      ),
    );
  });
});

describe('the cells', () => {
  it('have 1, 5, 10 and 25 % of the keys, rounded, and at least 10 entries', () => {
    const entries = (keys: number) =>
      cellsOf(traceOf(Array.from({ length: keys }, (_, key) => key))).map((cell) => cell.entries);
    expect(entries(1)).toEqual([10, 10, 10, 10]);
    expect(entries(1050)).toEqual([11, 53, 105, 263]);
    expect(entries(1049)).toEqual([10, 52, 105, 262]);
  });

  it('are reported with their means', () => {
    const hitRatios = (base: number) =>
      Object.fromEntries(contestantNames.map((name, at) => [name, base + at * at])) as Record<
        (typeof contestantNames)[number],
        number
      >;
    const cell = { trace: 'made', entries: 10 };
    const { text, figures } = reportOf([
      { ...cell, size: 1, hitRatios: hitRatios(10) },
      { ...cell, size: 25, hitRatios: { ...hitRatios(20.123), lru: 24 } },
    ]);
    expect(figures).toMatchObject({
      'made.1.lru': 10,
      'made.25.lfu-plain': 24.12,
      'mean.lru': 17,
      'mean.lfu': 16.06,
      'meanVsLru.lru': 0,
      'meanVsLru.lfu': -0.94,
      'worstVsLru.lfu': -2.88,
      'meanVsLru.lfu-plain': 2.06,
      'worstVsLru.lfu-plain': 0.12,
    });
    expect(Object.keys(figures)).toHaveLength((2 + 3) * contestantNames.length);
    const widths = text!.split('\n').map((line) => line.length);
    expect(widths).toEqual([0, 0, 0, 1, 0, 0, 0].map((isBlank) => (isBlank ? 0 : widths[0])));
    expect(text).toMatch(/^made +25 % +10 +24\.00 +21\.12 +24\.12 /m);
    expect(text).toMatch(/^mean − lru +0\.00 +-0\.94 +2\.06 /m);
  });
});

describe('the generated traces', () => {
  it('are the same each time, and as skewed as they say', () => {
    const traces = generatedTraces();
    expect(traces.map(({ name }) => name)).toEqual([
      'zipf07',
      'zipf09',
      'zipf11',
      'scans',
      'loop',
      'shifting',
    ]);
    for (const [at, { requests, keys }] of generatedTraces().entries()) {
      expect(keys).toBe(traces[at]!.keys);
      // Far faster than to have them compared number by number.
      expect(Buffer.compare(Buffer.from(requests.buffer), Buffer.from(traces[at]!.requests.buffer))).toBe(0);
    }
    const favourites = traces.slice(0, 3).map(({ requests, keys }) => {
      const counts = new Int32Array(keys);
      for (const key of requests) counts[key]!++;
      const [first, second] = counts.sort().reverse();
      expect(requests).toHaveLength(200_000);
      return { share: first! / requests.length, ratio: first! / second! };
    });
    for (const [at, exponent] of [0.7, 0.9, 1.1].entries()) {
      let sum = 0;
      for (let rank = 1; rank <= 20_000; rank++) sum += rank ** -exponent;
      expect(favourites[at]!.share * sum).toBeCloseTo(1, 0.5);
      expect(favourites[at]!.ratio).toBeCloseTo(2 ** exponent, 0.5);
    }
  });
});
