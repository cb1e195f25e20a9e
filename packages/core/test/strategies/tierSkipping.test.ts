import type { Predictor, TierSkipping } from '@predcache/core';
import { sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TierGauge } from '../../src/pipeline/tierGauge.js';
import { engineOf } from '../support/doubles.js';
import { failure } from '../support/failure.js';
import { makeWorld } from '../support/world.js';

const sampled = sampleKey(16);
const other = sampleKey(1);

/** A gauge after so many look-ups. */
function gaugeAfter(lookUps: number, cost: number, hits: number): TierGauge {
  const gauge = new TierGauge('auto');
  for (let at = 0; at < lookUps; at++) gauge.answered(cost, at < hits);
  return gauge;
}

describe('the gauge of a tier', () => {
  it('asks until it knows, and where nothing could be computed', () => {
    expect(gaugeAfter(63, 1000, 0).isWorthAsking(other, 0.1)).toBe(true);
    expect(gaugeAfter(64, 1000, 0).isWorthAsking(other, 0.1)).toBe(false);
    expect(gaugeAfter(1000, 1000, 0).isWorthAsking(other, undefined)).toBe(true);
    expect(gaugeAfter(1000, 1000, 0).isWorthAsking(other, Number.POSITIVE_INFINITY)).toBe(true);
    expect(new TierGauge('always').isWorthAsking(other, Number.POSITIVE_INFINITY)).toBe(true);
  });

  it('goes on asking for the sampled keys: one in 16, by the key alone', () => {
    const gauge = gaugeAfter(1000, 1000, 0);
    expect(gauge.isWorthAsking(sampled, 0.1)).toBe(true);
    const asked = Array.from({ length: 1600 }, (_, at) => sampleKey(at)).filter((key) =>
      gauge.isWorthAsking(key, 0.1),
    );
    expect(asked.length).toBe(100);
    const always = new TierGauge('always');
    expect(asked.every((key) => always.isWorthAsking(key, 1))).toBe(true);
    expect(always.isWorthAsking(other, 1)).toBe(false);
  });

  it('asks whatever it has learnt when told never to skip', () => {
    const gauge = new TierGauge('never');
    for (let at = 0; at < 1000; at++) gauge.answered(1000, false);
    expect(gauge.isWorthAsking(other, 0.001)).toBe(true);
  });

  it('asks if and only if hit ratio × cost saved reaches the cost of asking, once both are steady', () => {
    const cases = fc.record({
      lookUp: fc.double({ min: 0.01, max: 10, noNaN: true }),
      compute: fc.double({ min: 0.01, max: 100, noNaN: true }),
      /** One look-up in so many finds something. */
      period: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(cases, ({ lookUp, compute, period }) => {
        const gauge = new TierGauge('auto');
        for (let at = 0; at < 4000; at++) gauge.answered(lookUp, at % period === 0);
        const gain = compute / period;
        // What is learnt moves with the newest observations: not asked close to the edge.
        if (gain > lookUp * 1.25) expect(gauge.isWorthAsking(other, compute)).toBe(true);
        if (gain < lookUp * 0.75) expect(gauge.isWorthAsking(other, compute)).toBe(false);
      }),
    );
  });

  it('notices a tier that became useful, and one that no longer is', () => {
    const gauge = gaugeAfter(1000, 1, 0);
    expect(gauge.isWorthAsking(other, 2)).toBe(false);
    for (let at = 0; at < 128; at++) gauge.answered(1, true);
    expect(gauge.isWorthAsking(other, 2)).toBe(true);
    for (let at = 0; at < 256; at++) gauge.answered(1, false);
    expect(gauge.isWorthAsking(other, 2)).toBe(false);
  });

  it('gets over one slow look-up at the beginning, such as one that opens a database', () => {
    const gauge = new TierGauge('auto');
    gauge.answered(100, true);
    for (let at = 1; at < 64; at++) gauge.answered(0.1, true);
    expect(gauge.isWorthAsking(other, 1)).toBe(false);
    for (let at = 0; at < 64; at++) gauge.answered(0.1, true);
    expect(gauge.isWorthAsking(other, 1)).toBe(true);
  });
});

/** A tier that takes a turn of the event loop, and a model that says of itself what it costs. */
const made = (cost: number, tierSkipping?: TierSkipping) => {
  const all = makeWorld({
    tierSkipping,
    onDevice: engineOf(async (batch) => ({ outputs: batch, backend: 'b', costs: [cost] })),
  });
  all.slow.turn = (operation) =>
    operation === 'get' ? new Promise((resolve) => setTimeout(resolve, 1)) : Promise.resolve();
  return all;
};

async function ask(predictor: Predictor<string, string>, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await predictor.predict(`input ${at}`);
}

describe('a slow tier in front of a model', () => {
  it('is passed by after a while where that is cheap, but for the sampled keys', async () => {
    const { predictor, slow, events } = made(0.01);
    await ask(predictor, 400);
    // The first 64 and a sixteenth of the others; the keys are fixed, and so is which of them are sampled.
    expect(slow.calls.get).toBeGreaterThan(64);
    expect(slow.calls.get).toBeLessThan(110);
    expect(predictor.stats().bypassed).toBe(400 - slow.calls.get);
    expect(events).toContainEqual({ type: 'bypass', tier: 'indexeddb', key: expect.any(String) });
  });

  it('is asked again once it is useful', async () => {
    const { predictor, slow, fast } = made(5);
    await ask(predictor, 600);
    const { bypassed } = predictor.stats();
    expect(bypassed).toBeGreaterThan(100);
    // From now on it knows everything that is asked for, and at once.
    slow.turn = async () => {};
    for (let round = 0; round < 4; round++) {
      fast.delete({ all: true });
      await ask(predictor, 600);
    }
    fast.delete({ all: true });
    const before = predictor.stats().bypassed;
    await ask(predictor, 600);
    expect(predictor.stats().bypassed).toBe(before);
  });

  it.each([
    ['never', 0.01, 200, 200],
    ['always', 1e6, 1, 30],
    ['auto', 1e6, 200, 200],
  ] as const)(
    'is asked with tierSkipping %s and a cost of %d ms from %d to %d times',
    async (skipping, cost, fewest, most) => {
      const { predictor, slow } = made(cost, skipping);
      await ask(predictor, 200);
      expect(slow.calls.get).toBeGreaterThanOrEqual(fewest);
      expect(slow.calls.get).toBeLessThanOrEqual(most);
    },
  );

  it('answers what cannot be computed, although it was passed by', async () => {
    const { predictor, fast, world, slow } = makeWorld({ tierSkipping: 'always' });
    const inputs = Array.from({ length: 32 }, (_, at) => `input ${at}`);
    for (const input of inputs) await predictor.predict(input, { waitForTiers: true });
    fast.delete({ all: true });
    world.isBroken = true;
    for (const input of inputs)
      expect(await predictor.predict(input)).toMatchObject({ output: `${input} v1 s0`, source: 'indexeddb' });
    expect(predictor.stats()).toMatchObject({ failures: 0, hits: 32 });
    slow.entries.clear();
    expect(await failure(predictor.predict('unknown'))).toMatchObject({ code: 'ENGINE_FAILED' });
  });
});
