import { type Entry, memory, type TierEvent } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RandomNumbers } from '../src/policies/randomNumbers.js';
import { policies } from './support/policies.js';

const operations = 1_000_000;
const models = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
const bounds = { maxSize: 48_000, maxEntries: 700, maxEntrySize: 2000, ttl: 5000 };

/** Entries made beforehand, fractional sizes and costs included: all that changes is when they were computed. */
const templates = Array.from({ length: 2000 }, (_, number) => {
  const size = [40 + (number % 90), (number * 0.7) % 300, number === 7 ? 2001 : number / 9, 0][number % 4]!;
  return sampleEntry(number, { size, cost: (number % 50) / 7, model: models[number % 3]!, outputs: null });
});

describe('a million random operations', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('leave the accounts exact', { timeout: 60_000 }, () => {
    const numbers = new RandomNumbers(1_000_000);
    const names = Object.keys(policies);
    const tier = memory({ ...bounds, maxShare: { [models[1]!]: 0.2 } });
    const events: Record<string, number> = {};
    tier.subscribe((event: TierEvent) => {
      events[event.type] = (events[event.type] ?? 0) + 1;
    });
    const [keys, counted] = [templates.map(({ key }) => key), { hits: 0, misses: 0, stored: 0, deleted: 0 }];
    let outOfBounds = 0;
    let switches = 0;

    for (let operation = 0; operation < operations; operation++) {
      const choice = numbers.below(1000);
      // Two rolls make low numbers likelier, so that there are hits.
      const number = Math.min(numbers.below(templates.length), numbers.below(templates.length));
      const template = templates[number]!;
      if (choice < 550) {
        if (tier.peek(template.key, template.model) === undefined) counted.misses++;
        else counted.hits++;
      } else if (choice < 950) {
        const entry: Entry = { ...template, createdAt: Date.now() - numbers.below(6000) };
        // Of the same key, now larger, now smaller.
        const size = choice < 700 ? entry.size * (numbers.below(200) / 100) : entry.size;
        counted.stored += tier.setMany([{ ...entry, size }]);
      } else if (choice < 985) counted.deleted += tier.delete({ keys: [template.key, template.key] });
      else if (choice < 997) vi.setSystemTime(Date.now() + numbers.below(50));
      else if (choice < 998) tier.setPolicy(policies[names[switches++ % names.length]!]!());
      else if (operation % 50 === 0) counted.deleted += tier.delete({ model: template.model });
      const { entries, bytes } = tier.usage();
      if (!(entries <= bounds.maxEntries && bytes <= bounds.maxSize && bytes >= 0)) outOfBounds++;
    }

    expect(outOfBounds).toBe(0);
    expect(switches).toBeGreaterThan(500);
    const { entries, bytes, hits, misses, evictions, expirations, refusals } = tier.stats();
    expect([hits, misses]).toEqual([counted.hits, counted.misses]);
    expect(evictions.size + evictions.entries + evictions.share).toBe(events.evicted);
    expect([expirations, refusals]).toEqual([events.expired, events.refused]);
    expect(events['tier-error']).toBeUndefined();
    for (const each of [evictions.size, evictions.entries, evictions.share, expirations, hits])
      expect(each).toBeGreaterThan(1000);
    // Whatever is kept can be had, and nothing else is counted.
    const found = tier.getMany(keys).filter((entry) => entry !== undefined);
    expect(found.length).toBe(entries);
    expect(found.reduce((sum, { size }) => sum + Math.ceil(size), 0)).toBe(bytes);
    expect(tier.delete({ all: true })).toBe(entries);
    expect(tier.usage()).toMatchObject({ entries: 0, bytes: 0 });
    for (const model of Object.values(tier.stats().models))
      expect(model).toMatchObject({ entries: 0, bytes: 0 });
  });
});
