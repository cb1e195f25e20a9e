import type { Entry } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName, stored } from '../support/database.js';

const sized = (number: number, size: number, changes: Partial<Entry> = {}) =>
  sampleEntry(number, { size, ...changes });

async function keysIn(name: string): Promise<number[]> {
  return (await stored(name)).entries.map(({ key }) => Number.parseInt(key, 16)).sort((a, b) => a - b);
}

export function boundsSuite(): void {
  describe('bounds', () => {
    it('evicts the oldest first, down to the low-water mark, and says so', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxSize: 1_000 });
      const events = eventsOf(tier);
      for (let number = 0; number < 10; number++) await tier.setMany([sized(number, 100)]);
      expect(events.of('evicted')).toEqual([]);
      await tier.setMany([sized(10, 100)]);
      // 1,100 bytes: one had to go, and one more to reach 900.
      expect(await keysIn(name)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(events.of('evicted')).toEqual(
        [0, 1].map((number) => ({
          type: 'evicted',
          tier: 'indexeddb',
          key: sampleKey(number),
          model: sampleEntry(0).model,
          size: 100,
          reason: 'size',
        })),
      );
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('a rewritten entry counts as new, in size and in age', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxEntries: 3 });
      const events = eventsOf(tier);
      await tier.setMany([sized(1, 10), sized(2, 10), sized(3, 10)]);
      await tier.setMany([sized(1, 70)]);
      expect(await tier.usage()).toMatchObject({ entries: 3, bytes: 90 });
      await tier.setMany([sized(4, 10)]);
      expect(await keysIn(name)).toEqual([1, 3, 4]);
      expect(events.of('evicted').map(({ key, reason }) => [key, reason])).toEqual([
        [sampleKey(2), 'entries'],
      ]);
      await tier.close();
    });

    it('rewriting what a full tier holds evicts nothing', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxSize: 1_000 });
      const events = eventsOf(tier);
      const ten = Array.from({ length: 10 }, (_, number) => sized(number, 100));
      await tier.setMany(ten);
      await tier.setMany(ten);
      expect(events.of('evicted')).toEqual([]);
      expect(await tier.usage()).toMatchObject({ entries: 10, bytes: 1_000 });
      await tier.close();
    });

    it('an entry nearly as large as the tier stays, though above the low-water mark', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxSize: 1_000 });
      await tier.setMany([sized(1, 500)]);
      await tier.setMany([sized(2, 990)]);
      expect(await keysIn(name)).toEqual([2]);
      await tier.setMany([sized(3, 1_000)]);
      expect(await keysIn(name)).toEqual([3]);
      await tier.close();
    });

    it('a moment that writes more than the tier holds leaves the newest, and stores no more than it holds', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxSize: 1_000 });
      const events = eventsOf(tier);
      await tier.setMany([sized(0, 100, { cost: 1 }), sized(99, 100)]);
      const writing = tier.setMany(
        Array.from({ length: 30 }, (_, number) => sized(number, 100, { cost: 2 })),
      );
      // 0 to 19 are gone already; the older row of 0 must not be what a look-up finds.
      expect(await tier.getMany([sampleKey(0), sampleKey(29)])).toEqual([
        undefined,
        sized(29, 100, { cost: 2 }),
      ]);
      expect(await writing).toBe(30);
      expect(await keysIn(name)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
      expect(await tier.getMany([sampleKey(0)])).toEqual([undefined]);
      expect(events.of('evicted')).toHaveLength(21);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('refuses what is larger than itself, and forgets what that would have replaced', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxSize: 1_000 });
      const events = eventsOf(tier);
      await tier.setMany([sized(1, 100), sized(2, 100)]);
      const writing = tier.setMany([sized(1, 1_001), sized(3, 100)]);
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await writing).toBe(1);
      expect(await keysIn(name)).toEqual([2, 3]);
      expect(events.of('refused')).toMatchObject([{ key: sampleKey(1), size: 1_001, tier: 'indexeddb' }]);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('a smaller bound than last time holds from the first write on, a part at a time', async () => {
      const name = newName();
      const first = indexedDB({ name });
      await first.setMany(Array.from({ length: 600 }, (_, number) => sized(number, 100)));
      await first.close();
      const second = indexedDB({ name, maxEntries: 500 });
      await second.setMany([sized(1_000, 100)]);
      expect((await second.usage()).entries).toBe(450);
      await second.close();
      await expectAccountsToBeRight(name);
    });

    it('makes no one wait for the low-water mark of a large tier: 128 rows beyond what must go, at most', async () => {
      const name = newName();
      const tier = indexedDB({ name, maxEntries: 3_000, timeout: 60_000 });
      await tier.setMany(Array.from({ length: 3_000 }, (_, number) => sized(number, 1)));
      await tier.setMany([sized(9_000, 1)]);
      expect(await tier.usage()).toMatchObject({ entries: 3_000 - 128, bytes: 3_000 - 128 });
      await tier.close();
      await expectAccountsToBeRight(name);
    }, 60_000);
  });
}
