import { lru, memory, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** LRU as one would write it down: a Map in the order of use. */
class NaiveLru {
  readonly entries = new Map<string, number>();
  readonly evicted: string[] = [];
  constructor(
    readonly maxSize: number,
    readonly maxEntries: number,
  ) {}

  get bytes(): number {
    return [...this.entries.values()].reduce((sum, size) => sum + size, 0);
  }

  get(key: string): boolean {
    const size = this.entries.get(key);
    if (size === undefined) return false;
    this.entries.delete(key);
    this.entries.set(key, size);
    return true;
  }

  set(key: string, size: number): void {
    this.entries.delete(key);
    if (size > this.maxSize) return;
    while (this.bytes + size > this.maxSize || this.entries.size >= this.maxEntries) {
      const [oldest] = this.entries.keys();
      this.entries.delete(oldest!);
      this.evicted.push(oldest!);
    }
    this.entries.set(key, size);
  }
}

const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('set' as const),
      number: fc.nat(20),
      size: fc.integer({ min: 1, max: 130 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('get' as const), number: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), number: fc.nat(20) }) },
);

describe('memory', () => {
  it('does what LRU means, within its bounds, with exact accounts', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 200 }),
        fc.integer({ min: 1, max: 12 }),
        (operations, maxEntries) => {
          const tier = memory({ maxSize: 400, maxEntries, policy: lru() });
          const naive = new NaiveLru(400, maxEntries);
          const evicted: string[] = [];
          tier.subscribe((event) => event.type === 'evicted' && evicted.push(event.key));
          for (const each of operations) {
            const key = sampleKey(each.number);
            if (each.type === 'set') {
              tier.setMany([sampleEntry(each.number, { size: each.size })]);
              naive.set(key, each.size);
            } else if (each.type === 'get') {
              expect(tier.peek(key) !== undefined).toBe(naive.get(key));
            } else {
              expect(tier.delete({ keys: [key] })).toBe(naive.entries.delete(key) ? 1 : 0);
            }
            expect(tier.usage()).toMatchObject({ entries: naive.entries.size, bytes: naive.bytes });
          }
          expect(evicted).toEqual(naive.evicted);
        },
      ),
      { numRuns: 300 },
    );
  });

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
  });

  it('grows past its first slots', () => {
    const tier = memory({ maxSize: 1e9 });
    for (let number = 0; number < 5000; number++) tier.setMany([sampleEntry(number)]);
    expect(tier.usage().entries).toBe(5000);
    expect(tier.peek(sampleKey(0))?.key).toBe(sampleKey(0));
  });

  it('refuses bounds that make no sense', () => {
    for (const options of [
      { maxSize: 0 },
      { maxSize: Number.NaN },
      { maxEntries: -1 },
      { maxSize: '8e6' as never },
    ]) {
      expect(() => memory(options)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    }
  });
});
