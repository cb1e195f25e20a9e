import { memory, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const start = 1_700_000_000_000;

/** An entry computed that many ms after the start. */
function entryAt(number: number, after = 0, size = 10) {
  return sampleEntry(number, { createdAt: start + after, size });
}

describe('memory with a time to live', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'setInterval'], now: start });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives out what is younger, and nothing that is as old or older', () => {
    const tier = memory({ ttl: 100 });
    tier.setMany([entryAt(1)]);
    vi.setSystemTime(start + 99);
    expect(tier.peek(sampleKey(1))?.key).toBe(sampleKey(1));
    vi.setSystemTime(start + 100);
    expect(tier.peek(sampleKey(1))).toBeUndefined();
    expect(tier.stats()).toMatchObject({ hits: 1, misses: 1, expirations: 1, entries: 0, bytes: 0 });
  });

  it('says what expired, the oldest first, when next used', () => {
    const tier = memory({ ttl: 100 });
    const events: TierEvent[] = [];
    tier.subscribe((event) => events.push(event));
    tier.setMany([entryAt(1, -10), entryAt(2, -30), entryAt(3, -20), entryAt(4)]);
    vi.setSystemTime(start + 95);
    expect(events).toEqual([]);
    expect(tier.usage()).toMatchObject({ entries: 1, bytes: 10 });
    expect(events).toMatchObject([2, 3, 1].map((number) => ({ type: 'expired', key: sampleKey(number) })));
  });

  it('makes room by what expired before it evicts', () => {
    const tier = memory({ ttl: 100, maxEntries: 2 });
    tier.setMany([entryAt(1), entryAt(2, -50)]);
    vi.setSystemTime(start + 60);
    tier.setMany([entryAt(3, 60)]);
    expect(tier.getMany([1, 2, 3].map(sampleKey)).map((entry) => entry?.key)).toEqual([
      sampleKey(1),
      undefined,
      sampleKey(3),
    ]);
    expect(tier.stats()).toMatchObject({ expirations: 1, evictions: { entries: 0 } });
  });

  it('refuses what is too old already, and drops what it would have replaced', () => {
    const tier = memory({ ttl: 100 });
    const events: TierEvent[] = [];
    tier.subscribe((event) => events.push(event));
    tier.setMany([entryAt(1)]);
    expect(tier.setMany([entryAt(1, -100), entryAt(2, -5000)])).toBe(0);
    expect(events).toMatchObject(
      [1, 2].map((number) => ({ type: 'refused', key: sampleKey(number), reason: 'expired' })),
    );
    expect(tier.peek(sampleKey(1))).toBeUndefined();
    expect(tier.stats()).toMatchObject({ refusals: 2, expirations: 0 });
  });

  it('refuses times that are none', () => {
    const tier = memory({ ttl: 100 });
    for (const createdAt of [Number.NaN, undefined as never, Number.NEGATIVE_INFINITY])
      expect(tier.setMany([sampleEntry(1, { createdAt })])).toBe(0);
    expect(tier.usage().entries).toBe(0);
  });

  it('lets nothing live longer than the time to live from now, whatever it claims', () => {
    const tier = memory({ ttl: 100 });
    tier.setMany([entryAt(1, 1e9), sampleEntry(2, { createdAt: Number.POSITIVE_INFINITY })]);
    vi.setSystemTime(start + 99);
    expect(tier.usage().entries).toBe(2);
    vi.setSystemTime(start + 100);
    expect(tier.usage().entries).toBe(0);
  });

  it('counts from the newer entry once one is replaced', () => {
    const tier = memory({ ttl: 100 });
    tier.setMany([entryAt(1)]);
    vi.setSystemTime(start + 60);
    tier.setMany([entryAt(1, 60)]);
    vi.setSystemTime(start + 159);
    expect(tier.peek(sampleKey(1))?.createdAt).toBe(start + 60);
    vi.setSystemTime(start + 160);
    expect(tier.peek(sampleKey(1))).toBeUndefined();
    expect(tier.stats().expirations).toBe(1);
  });

  it('needs no timer', () => {
    const tier = memory({ ttl: 100 });
    tier.setMany(Array.from({ length: 100 }, (_, number) => entryAt(number)));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('expires many at once, and none twice', () => {
    const tier = memory({ ttl: 1000, maxEntries: 3000 });
    let expired = 0;
    tier.subscribe(({ type }) => type === 'expired' && expired++);
    tier.setMany(Array.from({ length: 5000 }, (_, number) => entryAt(number, (number * 7919) % 1000)));
    tier.delete({ keys: [sampleKey(4999), sampleKey(4998)] });
    vi.setSystemTime(start + 3000);
    tier.getMany([4990, 4991].map(sampleKey));
    expect(tier.usage().entries).toBe(0);
    expect(expired).toBe(2998);
    expect(tier.stats()).toMatchObject({ expirations: 2998, evictions: { entries: 2000 } });
  });
});
