import { createPredictor, fromFunction, memory, type TierSkipping } from '@predcache/core';
import { sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { TierGauge } from '../../src/pipeline/tierGauge.js';
import { slowTier } from '../support/slowTier.js';

const sampled = `${'0'.repeat(62)}10`;
const other = `${'0'.repeat(62)}11`;

function gaugeAfter(answers: number, isHit: boolean, lookUpCost: number, skipping: TierSkipping = 'auto') {
  const gauge = new TierGauge(skipping);
  for (let answer = 0; answer < answers; answer++) gauge.answered(lookUpCost, isHit);
  return gauge;
}

describe('the skip rule', () => {
  it('asks as long as nothing is known', () => {
    expect(gaugeAfter(10, false, 5).isWorthAsking(other, 1)).toBe(true);
    expect(gaugeAfter(500, false, 5).isWorthAsking(other, undefined)).toBe(true);
  });

  it('passes by what costs more than it can be expected to save, but for one key in sixteen', () => {
    const gauge = gaugeAfter(500, false, 1);
    expect(gauge.isWorthAsking(other, 5)).toBe(false);
    expect(gauge.isWorthAsking(sampled, 5)).toBe(true);
    const keys = Array.from({ length: 4096 }, (_, number) => number.toString(16).padStart(64, '0'));
    expect(keys.filter((key) => gauge.isWorthAsking(key, 5)).length).toBe(256);
  });

  it('asks a tier that answers, while that saves something', () => {
    const gauge = gaugeAfter(500, true, 1);
    expect(gauge.isWorthAsking(other, 5)).toBe(true);
    expect(gauge.isWorthAsking(other, 0.5)).toBe(false);
  });

  it('asks again when the sample shows that the tier has become useful', () => {
    const gauge = gaugeAfter(500, false, 1);
    for (let answer = 0; answer < 60; answer++) gauge.answered(1, true);
    expect(gauge.isWorthAsking(other, 5)).toBe(true);
  });

  it('can be forced', () => {
    expect(gaugeAfter(500, false, 1, 'never').isWorthAsking(other, 0.1)).toBe(true);
    const always = gaugeAfter(500, true, 0.01, 'always');
    expect([always.isWorthAsking(other, 100), always.isWorthAsking(sampled, 100)]).toEqual([false, true]);
  });

  it('spares a slow tier look-ups that never find anything, and still writes to it', async () => {
    let lookUps = 0;
    const kept = slowTier();
    const tier = slowTier({
      ...kept,
      getMany: (keys, model) => {
        lookUps++;
        return kept.getMany(keys, model);
      },
    });
    const predictor = createPredictor<number, number>({
      model: { name: 'm', version: '1' },
      tiers: [memory(), tier],
      onDevice: fromFunction((input: number) => input),
    });
    const requests = 600;
    for (let number = 0; number < requests; number++) await predictor.predict(number);
    const { bypassed } = predictor.stats();
    expect(bypassed).toBeGreaterThan(requests / 2);
    expect(lookUps).toBe(requests - bypassed);
    expect(lookUps).toBeGreaterThan(64);
    await predictor.predict(requests, { waitForTiers: true });
    expect((await kept.usage()).entries).toBe(requests + 1);
    expect((await kept.getMany([sampleKey(1)]))[0]).toBeUndefined();
    await predictor.dispose();
  });
});
