import { lru, memory, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policies } from './support/policies.js';

const [one, other, third] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];

function numbered(from: number, count: number, model: string, size = 10) {
  return Array.from({ length: count }, (_, index) => sampleEntry(from + index, { model, size }));
}

describe('memory shared by models', () => {
  it('evicts a model at its bound among its own entries, and no others', () => {
    const tier = memory({ maxSize: 100, maxShare: 0.5, policy: lru() });
    const evicted: TierEvent[] = [];
    tier.subscribe((event) => evicted.push(event));
    tier.setMany([...numbered(0, 5, one), ...numbered(10, 7, other)]);
    expect(evicted).toMatchObject([10, 11].map((number) => ({ key: sampleKey(number), reason: 'share' })));
    expect(tier.stats().models[one]).toMatchObject({ entries: 5, evictions: { share: 0 } });
    expect(tier.stats().models[other]).toMatchObject({ entries: 5, bytes: 50, evictions: { share: 2 } });
  });

  it('orders the entries of a model as its policy does', () => {
    const tier = memory({ maxSize: 100, maxShare: { [one]: 0.3 }, policy: lru() });
    tier.setMany(numbered(0, 3, one));
    tier.peek(sampleKey(0));
    tier.setMany(numbered(3, 1, one));
    const found = tier.getMany([0, 1, 2, 3].map(sampleKey));
    expect(found.map((entry) => entry !== undefined)).toEqual([true, false, true, true]);
  });

  it('bounds only the models that are named, where some are', () => {
    const tier = memory({ maxSize: 100, maxShare: { [one]: 0.2 } });
    tier.setMany([...numbered(0, 4, one), ...numbered(10, 12, third)]);
    const { models } = tier.stats();
    expect(models[one]!.bytes).toBeLessThanOrEqual(20);
    expect(models[third]!.evictions).toMatchObject({ share: 0 });
    expect(tier.usage().bytes).toBe(100);
  });

  it('refuses an entry larger than the share of its model, and takes it for another', () => {
    const tier = memory({ maxSize: 100, maxShare: { [one]: 0.25 } });
    expect(tier.setMany([...numbered(0, 1, one, 26), ...numbered(1, 1, other, 26)])).toBe(1);
    expect(tier.stats().models[one]).toMatchObject({ entries: 0, refusals: 1 });
  });

  it('holds the share of a model when an entry grows', () => {
    const tier = memory({ maxSize: 100, maxShare: 0.5 });
    tier.setMany(numbered(0, 5, one));
    tier.setMany([sampleEntry(2, { model: one, size: 45 })]);
    expect(tier.stats().models[one]).toMatchObject({ entries: 1, bytes: 45 });
    expect(tier.peek(sampleKey(2))?.size).toBe(45);
  });

  it('holds shares when another policy takes over', () => {
    const tier = memory({ maxSize: 100, maxShare: 0.5 });
    tier.setMany([...numbered(0, 5, one), ...numbered(10, 5, other)]);
    tier.setPolicy(lru());
    tier.peek(sampleKey(0));
    tier.setMany(numbered(20, 2, one));
    expect(tier.stats().models[one]).toMatchObject({ entries: 5, bytes: 50, evictions: { share: 2 } });
    expect(tier.stats().models[other]).toMatchObject({ entries: 5, evictions: { share: 0, size: 0 } });
  });

  it.each(Object.entries(policies))(
    'never lets a model exceed its share, nor push out others, with %s',
    (_, create) => {
      const step = fc.record({
        number: fc.nat(40),
        size: fc.integer({ min: 0, max: 60 }),
        model: fc.constantFrom(one, other),
        isLookUp: fc.boolean(),
      });
      const property = fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        // Both shares fit, so that all that one model's entries can be evicted for is its own share.
        const maxShare = { [one]: 0.25, [other]: 0.75 };
        const tier = memory({ maxSize: 400, maxShare, policy: create() });
        let incoming = '';
        tier.subscribe((event) => {
          if (event.type === 'evicted') expect([event.model, event.reason]).toEqual([incoming, 'share']);
        });
        for (const { number, size, model, isLookUp } of steps) {
          incoming = model;
          const key = `${model}${sampleKey(number)}`;
          if (isLookUp) tier.peek(key, model);
          else tier.setMany([sampleEntry(number, { key, model, size })]);
          const { models } = tier.stats();
          expect(models[one]?.bytes ?? 0).toBeLessThanOrEqual(100);
          expect(models[other]?.bytes ?? 0).toBeLessThanOrEqual(300);
        }
      });
      fc.assert(property, { numRuns: 30 });
    },
  );
});
