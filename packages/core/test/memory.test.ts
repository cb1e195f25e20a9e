import { memory, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';

const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];

describe('memory', () => {
  it('says why it evicted', () => {
    const events: TierEvent[] = [];
    const tier = memory({ maxSize: 100, maxEntries: 2 });
    tier.subscribe((event) => events.push(event));
    tier.setMany([1, 2, 3].map((number) => sampleEntry(number, { size: 10 })));
    tier.setMany([sampleEntry(4, { size: 95 })]);
    expect(events).toMatchObject([
      { type: 'evicted', key: sampleKey(1), reason: 'entries', size: 10 },
      { type: 'evicted', key: sampleKey(2), reason: 'size' },
      { type: 'evicted', key: sampleKey(3), reason: 'size' },
    ]);
    expect(tier.stats().evictions).toEqual({ size: 2, entries: 1, share: 0 });
  });

  it('grows past its first slots', () => {
    const tier = memory({ maxSize: 1e9 });
    for (let number = 0; number < 5000; number++) tier.setMany([sampleEntry(number)]);
    expect(tier.usage().entries).toBe(5000);
    expect(tier.peek(sampleKey(0))?.key).toBe(sampleKey(0));
  });

  it('refuses what is larger than maxEntrySize, and counts it', () => {
    const events: TierEvent[] = [];
    const tier = memory({ maxSize: 1000, maxEntrySize: 100 });
    tier.subscribe((event) => events.push(event));
    expect(tier.setMany([sampleEntry(1, { size: 100 }), sampleEntry(2, { size: 101 })])).toBe(1);
    expect(events).toMatchObject([{ type: 'refused', key: sampleKey(2), size: 101, reason: 'size' }]);
    expect(tier.stats()).toMatchObject({ entries: 1, bytes: 100, refusals: 1 });
  });

  it('no longer gives out what a refused entry would have replaced', () => {
    const tier = memory({ maxSize: 1000, maxEntrySize: 100 });
    tier.setMany([sampleEntry(1, { size: 100 })]);
    tier.setMany([sampleEntry(1, { size: 101 })]);
    expect(tier.peek(sampleKey(1))).toBeUndefined();
    expect(tier.usage()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('refuses sizes that are none', () => {
    const tier = memory();
    for (const size of [Number.NaN, -1, Number.POSITIVE_INFINITY, undefined as never])
      expect(tier.setMany([sampleEntry(1, { size })])).toBe(0);
    expect(tier.stats()).toMatchObject({ entries: 0, bytes: 0, refusals: 4 });
  });

  it('does not count costs that are none', () => {
    const tier = memory();
    for (const [number, cost] of [
      Number.NaN,
      -5,
      Number.POSITIVE_INFINITY,
      undefined as never,
      3,
    ].entries()) {
      tier.setMany([sampleEntry(number, { cost })]);
      tier.peek(sampleKey(number));
    }
    expect(tier.stats()).toMatchObject({ hits: 5, costSaved: 3 });
  });

  it('makes room for what an entry grows by, before it does', () => {
    const tier = memory({ maxSize: 100 });
    tier.setMany([1, 2, 3].map((number) => sampleEntry(number, { size: 30 })));
    tier.setMany([sampleEntry(3, { size: 70 })]);
    expect(tier.usage()).toMatchObject({ entries: 2, bytes: 100 });
    expect(tier.stats().evictions.size).toBe(1);
    tier.setMany([sampleEntry(3, { size: 5 })]);
    expect(tier.usage()).toMatchObject({ entries: 2, bytes: 35 });
  });

  it('replaces an entry whose own turn to go it is', () => {
    const tier = memory({ maxSize: 100 });
    tier.setMany([sampleEntry(1, { size: 60 }), sampleEntry(2, { size: 40 })]);
    expect(tier.setMany([sampleEntry(1, { size: 90, cost: 7 })])).toBe(1);
    expect(tier.peek(sampleKey(1))?.cost).toBe(7);
    expect(tier.usage()).toMatchObject({ entries: 1, bytes: 90 });
  });

  it('counts by the model of an entry, and misses by the model that the look-up names', () => {
    const tier = memory();
    tier.setMany([
      sampleEntry(1, { model: one, size: 10 }),
      sampleEntry(2, { model: other, size: 20, cost: 4 }),
    ]);
    tier.getMany([sampleKey(1), sampleKey(9)], one);
    tier.peek(sampleKey(2), other);
    tier.peek(sampleKey(2));
    tier.peek(sampleKey(9));
    const none = { size: 0, entries: 0, share: 0 };
    expect(tier.stats()).toEqual({
      policy: 's3fifo',
      entries: 2,
      bytes: 30,
      hits: 3,
      misses: 2,
      evictions: none,
      expirations: 0,
      refusals: 0,
      costSaved: 20.5,
      models: {
        [one]: {
          entries: 1,
          bytes: 10,
          hits: 1,
          misses: 1,
          evictions: none,
          expirations: 0,
          refusals: 0,
          costSaved: 12.5,
        },
        [other]: {
          entries: 1,
          bytes: 20,
          hits: 2,
          misses: 0,
          evictions: none,
          expirations: 0,
          refusals: 0,
          costSaved: 8,
        },
      },
    });
  });

  it('moves an entry from one account to the other when its key comes with another model', () => {
    const tier = memory();
    tier.setMany([sampleEntry(1, { model: one, size: 10 })]);
    tier.peek(sampleKey(1));
    tier.setMany([sampleEntry(1, { model: other, size: 30 })]);
    const { entries, bytes, models } = tier.stats();
    expect([entries, bytes]).toEqual([1, 30]);
    expect(models[one]).toMatchObject({ entries: 0, bytes: 0, hits: 1 });
    expect(models[other]).toMatchObject({ entries: 1, bytes: 30, hits: 0 });
  });

  it('keeps what it counted when entries go, and gives stats that stay as they were', () => {
    const tier = memory();
    tier.setMany([sampleEntry(1, { cost: 2 })]);
    tier.peek(sampleKey(1));
    const before = tier.stats();
    tier.delete({ all: true });
    tier.setMany([sampleEntry(1, { cost: 100 })]);
    expect(tier.stats()).toMatchObject({ hits: 1, costSaved: 2 });
    tier.peek(sampleKey(1));
    expect(tier.stats()).toMatchObject({ hits: 2, costSaved: 102 });
    expect(before).toMatchObject({ entries: 1, hits: 1, costSaved: 2 });
  });

  it('counts a hit at the cost that the entry had then', () => {
    const tier = memory();
    tier.setMany([sampleEntry(1, { cost: 2 })]);
    tier.peek(sampleKey(1));
    tier.setMany([sampleEntry(1, { cost: 100 })]);
    expect(tier.stats().costSaved).toBe(2);
  });

  it('deletes a key that is named twice once', () => {
    const tier = memory();
    tier.setMany([sampleEntry(1), sampleEntry(2)]);
    expect(tier.delete({ keys: [sampleKey(1), sampleKey(1), sampleKey(3)] })).toBe(1);
    expect(tier.usage()).toMatchObject({ entries: 1, bytes: sampleEntry(2).size });
  });

  it('takes keys and models of any text', () => {
    const tier = memory();
    const texts = ['', 'x', '__proto__', 'constructor', '\u0000', '𝄞', ' '.repeat(1000)];
    tier.setMany(texts.map((text, number) => sampleEntry(number, { key: text, model: text, size: 1 })));
    expect(tier.getMany(texts).map((entry) => entry?.key)).toEqual(texts);
    expect(Object.keys(tier.stats().models).length).toBe(texts.length);
    expect(tier.delete({ model: '__proto__' })).toBe(1);
    expect(tier.usage().entries).toBe(texts.length - 1);
  });
});
