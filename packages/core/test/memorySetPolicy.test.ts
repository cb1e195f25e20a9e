import { fifo, lfu, lru, memory, random, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { policies } from './support/policies.js';

const entries = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => sampleEntry(from + index, { size: 10 }));

/** The numbers of the entries in the order in which a tier evicts them for new ones. */
function evictionOrder(tier: ReturnType<typeof memory>, count: number): number[] {
  const evicted: number[] = [];
  const leave = tier.subscribe((event) => event.type === 'evicted' && evicted.push(Number(`0x${event.key}`)));
  tier.setMany(entries(1000, count));
  leave();
  return evicted;
}

describe('memory whose policy is changed while running', () => {
  const names = Object.keys(policies);

  it.each(names.flatMap((from) => names.map((to) => [from, to] as const)))(
    'keeps every entry from %s to %s, and its bounds',
    (from, to) => {
      const tier = memory({ maxSize: 5000, maxEntries: 200, policy: policies[from]!() });
      const errors: TierEvent[] = [];
      tier.subscribe((event) => event.type !== 'evicted' && errors.push(event));
      tier.setMany(entries(0, 200));
      for (let number = 0; number < 200; number += 3) tier.peek(sampleKey(number));
      tier.setPolicy(policies[to]!());
      expect(tier.stats()).toMatchObject({ policy: to, entries: 200, bytes: 2000, hits: 67 });
      expect(tier.getMany(entries(0, 200).map(({ key }) => key)).every((entry) => entry !== undefined)).toBe(
        true,
      );
      for (const entry of entries(500, 300)) {
        tier.setMany([entry]);
        expect(tier.usage().entries).toBe(200);
      }
      expect(errors).toEqual([]);
    },
  );

  it('goes on in the order of the one before', () => {
    const tier = memory({ maxEntries: 4, policy: lru() });
    tier.setMany(entries(0, 4));
    tier.getMany([1, 0].map(sampleKey));
    tier.setPolicy(fifo());
    tier.peek(sampleKey(2));
    expect(evictionOrder(tier, 4)).toEqual([2, 3, 1, 0]);
  });

  it('tells the new one who was popular', () => {
    const tier = memory({ maxEntries: 4, policy: lfu() });
    tier.setMany(entries(0, 4));
    tier.getMany([0, 0, 0, 2, 2].map(sampleKey));
    tier.setPolicy(lru());
    expect(evictionOrder(tier, 4)).toEqual([1, 3, 2, 0]);
  });

  it('may be given back the one it had', () => {
    const [first, second] = [lru(), fifo()];
    const tier = memory({ maxEntries: 3, policy: first });
    tier.setMany(entries(0, 3));
    tier.setPolicy(second);
    tier.setPolicy(first);
    tier.setPolicy(first);
    tier.peek(sampleKey(0));
    expect(evictionOrder(tier, 3)).toEqual([1, 2, 0]);
  });

  it('takes another policy while it is empty, and before anything was stored', () => {
    const tier = memory({ maxEntries: 2 });
    tier.setPolicy(fifo());
    tier.setMany(entries(0, 2));
    tier.delete({ all: true });
    tier.setPolicy(lru());
    tier.setMany(entries(0, 3));
    expect(tier.usage().entries).toBe(2);
  });

  it('evicts the same with the same seed', () => {
    const orders = [7, 7, 8].map((seed) => {
      const tier = memory({ maxEntries: 50, policy: random({ seed }) });
      tier.setMany(entries(0, 50));
      return evictionOrder(tier, 50);
    });
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).not.toEqual(orders[0]);
  });

  it('evicts at random each as often as the others', () => {
    const policy = random({ seed: 3 });
    policy.reserve(16);
    for (let slot = 0; slot < 16; slot++) policy.inserted(slot, slot, 1, 1);
    const counts = new Array<number>(16).fill(0);
    for (let round = 0; round < 16_000; round++) {
      const slot = policy.victim();
      counts[slot]!++;
      policy.removed(slot);
      policy.inserted(slot, slot, 1, 1);
    }
    // Seven standard deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(215);
  });
});
