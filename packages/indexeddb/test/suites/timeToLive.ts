import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName, stored } from '../support/database.js';

const ttl = 60_000;
const start = 1_800_000_000_000;
const aged = (number: number, age: number) => sampleEntry(number, { createdAt: start - age });

export function timeToLiveSuite(): void {
  describe('time to live', () => {
    let now: number;

    beforeEach(() => {
      now = start;
      vi.spyOn(Date, 'now').mockImplementation(() => now);
    });
    afterEach(() => void vi.restoreAllMocks());

    it('what is too old is a miss, in memory and on disk, is removed, and reported once', async () => {
      const name = newName();
      const first = indexedDB({ name });
      await first.setMany([aged(1, 50_000), aged(2, 30_000), aged(3, 0)]);
      await first.close();

      const tier = indexedDB({ name, ttl });
      const events = eventsOf(tier);
      await tier.ready();
      expect(tier.peek(sampleKey(1))).toEqual(aged(1, 50_000));
      now = start + 9_999;
      expect(tier.peek(sampleKey(1))).toEqual(aged(1, 50_000));
      now = start + 10_000;
      expect(tier.peek(sampleKey(1))).toBeUndefined();
      expect(await tier.getMany([1, 2, 3].map(sampleKey))).toEqual([undefined, aged(2, 30_000), aged(3, 0)]);
      await vi.waitFor(async () => expect((await stored(name)).rows).toBe(2));
      expect((await tier.usage()).entries).toBe(2);
      const { model, size } = aged(1, 0);
      expect(events.of('expired')).toEqual([
        { type: 'expired', tier: 'indexeddb', key: sampleKey(1), model, size },
      ]);
      expect(events.errors()).toEqual([]);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('what nobody asks for is removed as well, at the first change after a while', async () => {
      const name = newName();
      const tier = indexedDB({ name, ttl });
      const events = eventsOf(tier);
      await tier.setMany(Array.from({ length: 4_500 }, (_, index) => aged(index + 10, 0)));
      now = start + ttl;
      await tier.setMany([sampleEntry(1, { createdAt: start + ttl })]);
      await vi.waitFor(() => expect(events.of('expired')).toHaveLength(4_500), 10_000);
      expect((await stored(name)).rows).toBe(1);
      expect((await tier.usage()).entries).toBe(1);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('at opening', async () => {
      const name = newName();
      const first = indexedDB({ name });
      await first.setMany([aged(1, ttl), aged(2, ttl - 1)]);
      await first.close();
      const tier = indexedDB({ name, ttl });
      const events = eventsOf(tier);
      await vi.waitFor(() => expect(events.of('expired').map(({ key }) => key)).toEqual([sampleKey(1)]));
      expect(await tier.getMany([1, 2].map(sampleKey))).toEqual([undefined, aged(2, ttl - 1)]);
      await tier.close();
    });

    it('what is too old already is refused, and what it would have replaced is gone', async () => {
      const name = newName();
      const tier = indexedDB({ name, ttl });
      const events = eventsOf(tier);
      await tier.setMany([aged(1, 0)]);
      expect(await tier.setMany([aged(1, ttl), aged(2, ttl - 1)])).toBe(1);
      expect(events.of('refused')).toMatchObject([{ key: sampleKey(1), reason: 'expired' }]);
      expect(await tier.getMany([1, 2].map(sampleKey))).toEqual([undefined, aged(2, ttl - 1)]);
      expect((await stored(name)).rows).toBe(1);
      await tier.close();
    });

    it('another partition is left to its own tiers', async () => {
      const name = newName();
      const theirs = indexedDB({ name, partition: 'ada' });
      await theirs.setMany([aged(1, ttl)]);
      const tier = indexedDB({ name, ttl });
      await tier.setMany([aged(2, 0)]);
      await tier.close();
      expect(await theirs.getMany([sampleKey(1)])).toEqual([aged(1, ttl)]);
      await theirs.close();
    });

    it('an entry that another tab has renewed meanwhile is not removed', async () => {
      const name = newName();
      const [tier, other] = [indexedDB({ name, ttl }), indexedDB({ name })];
      const events = eventsOf(tier);
      await tier.setMany([aged(1, 0)]);
      await other.usage();
      now = start + ttl;
      await Promise.all([
        other.setMany([sampleEntry(1, { createdAt: start + ttl })]),
        tier.setMany([sampleEntry(2, { createdAt: start + ttl })]),
      ]);
      await tier.usage();
      await tier.close();
      await other.close();
      expect((await stored(name)).rows).toBe(2);
      expect(events.of('expired')).toEqual([]);
    });
  });
}
