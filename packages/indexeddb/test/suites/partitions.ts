import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { eventsOf, everyByte, holds, newName, stored } from '../support/database.js';

const otherModel = 'b'.repeat(64);
const keys = [1, 2].map(sampleKey);

export function partitionsSuite(): void {
  describe('partitions of one database', () => {
    let name: string;
    let ada: IndexedDBTier;
    let bob: IndexedDBTier;
    let nobody: IndexedDBTier;

    beforeEach(async () => {
      name = newName();
      ada = indexedDB({ name, partition: 'ada' });
      bob = indexedDB({ name, partition: 'bob' });
      nobody = indexedDB({ name });
      await ada.setMany([sampleEntry(1, { cost: 1 }), sampleEntry(2, { cost: 1, model: otherModel })]);
      await bob.setMany([sampleEntry(1, { cost: 2 }), sampleEntry(2, { cost: 2, model: otherModel })]);
      await nobody.setMany([sampleEntry(1, { cost: 3 })]);
      // So that each knows what the others have written.
      for (const tier of [ada, bob, nobody]) await tier.usage();
    });

    afterEach(async () => {
      await Promise.all([ada, bob, nobody].map((tier) => tier.close()));
    });

    const costs = async (tier: IndexedDBTier) => (await tier.getMany(keys)).map((entry) => entry?.cost);
    const everyone = async () => [await costs(ada), await costs(bob), await costs(nobody)];

    it('see nothing of one another, and share the budget', async () => {
      expect(await everyone()).toEqual([
        [1, 1],
        [2, 2],
        [3, undefined],
      ]);
      expect((await ada.usage()).entries).toBe(5);
      expect((await stored(name)).rows).toBe(5);
      const cramped = indexedDB({ name, partition: 'bob', maxEntries: 2 });
      const events = eventsOf(cramped);
      await cramped.setMany([sampleEntry(9)]);
      expect((await cramped.usage()).entries).toBe(2);
      expect(events.of('evicted')).toHaveLength(4);
      await cramped.close();
    });

    it('nor in memory, after reopening', async () => {
      await Promise.all([ada, bob, nobody].map((tier) => tier.close()));
      const again = ['ada', 'bob', undefined].map((partition) => indexedDB({ name, partition }));
      const peeked = [];
      for (const tier of again) {
        await tier.ready();
        peeked.push(keys.map((key) => tier.peek(key)?.cost));
        await tier.close();
      }
      expect(peeked).toEqual([
        [1, 1],
        [2, 2],
        [3, undefined],
      ]);
    });

    it.each<[string, () => Promise<number>, number, (number | undefined)[]]>([
      ['everything', () => ada.delete({ all: true }), 2, [undefined, undefined]],
      ['a model', () => ada.delete({ model: otherModel }), 1, [1, undefined]],
      ['keys', () => ada.delete({ keys }), 2, [undefined, undefined]],
      ['its own partition', () => ada.clear(), 2, [undefined, undefined]],
      ['it by name', () => ada.clear({ partition: 'ada' }), 2, [undefined, undefined]],
      ['it, by a tier of none', () => nobody.clear({ partition: 'ada' }), 2, [undefined, undefined]],
      ['it, by a tier of another', () => bob.clear({ partition: 'ada' }), 2, [undefined, undefined]],
      ['one that has nothing', () => ada.clear({ partition: 'eve' }), 0, [1, 1]],
    ])('deleting %s leaves the others alone', async (_, remove, count, left) => {
      expect(await remove()).toBe(count);
      expect(await everyone()).toEqual([left, [2, 2], [3, undefined]]);
      await ada.close();
      ada = indexedDB({ name, partition: 'ada' });
      expect(await everyone()).toEqual([left, [2, 2], [3, undefined]]);
    });

    it('what belongs to nobody is cleared alone', async () => {
      expect(await nobody.clear()).toBe(1);
      expect(await everyone()).toEqual([
        [1, 1],
        [2, 2],
        [undefined, undefined],
      ]);
    });

    it('clearing one covers what another tab has written this moment', async () => {
      const elsewhere = indexedDB({ name, partition: 'ada' });
      await elsewhere.ready();
      for (let round = 0; round < 20; round++) {
        await elsewhere.setMany([sampleEntry(round + 10)]);
        await bob.clear({ partition: 'ada' });
        expect((await stored(name)).rows).toBe(3);
      }
      await elsewhere.close();
    });

    it('stores neither their names nor keys by which entries could be found without them', async () => {
      await ada.close();
      const name = newName();
      ada = indexedDB({ name, partition: 'ada.lovelace@example.org' });
      await ada.setMany([sampleEntry(1)]);
      await ada.close();
      const bytes = await everyByte(name);
      expect(holds(bytes, new TextEncoder().encode('lovelace'))).toBe(false);
      const without = indexedDB({ name });
      expect(await without.getMany([sampleKey(1)])).toEqual([undefined]);
      await without.close();
    });
  });
}
