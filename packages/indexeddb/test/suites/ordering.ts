import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { expectAccountsToBeRight, newName, stored } from '../support/database.js';

const otherModel = 'b'.repeat(64);

/** What a call sees depends on the order of the calls, not on what the database has got round to. */
export function orderingSuite(): void {
  describe('order of calls', () => {
    let name: string;
    let tier: IndexedDBTier;

    beforeEach(() => {
      name = newName();
      tier = indexedDB({ name });
    });

    afterEach(async () => {
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('a deletion covers the writes called before it and none after', async () => {
      const before = tier.setMany([sampleEntry(1), sampleEntry(2)]);
      const deleting = tier.delete({ keys: [sampleKey(1), sampleKey(1), sampleKey(7)] });
      const after = tier.setMany([sampleEntry(1, { cost: 99 })]);
      const seen = tier.getMany([sampleKey(1), sampleKey(2)]);
      expect(await deleting).toBe(1);
      await Promise.all([before, after]);
      expect((await seen).map((entry) => entry?.cost)).toEqual([99, 12.5]);
      expect((await tier.getMany([sampleKey(1)]))[0]?.cost).toBe(99);
    });

    it('a deletion holds although an earlier one by the very same selector has settled', async () => {
      const selector = { all: true as const };
      const first = tier.delete(selector);
      const writing = tier.setMany([sampleEntry(1)]);
      const second = tier.delete(selector);
      await first;
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      await Promise.all([writing, second]);
    });

    it.each([
      ['keys', { keys: [sampleKey(1)] }],
      ['model', { model: sampleEntry(1).model }],
      ['all', { all: true as const }],
    ])(
      'a look-up called after a deletion by %s misses, however late the deletion comes',
      async (_, selector) => {
        await tier.setMany([sampleEntry(1), sampleEntry(2, { model: otherModel })]);
        // Under way before the deletion, which therefore waits.
        const writing = tier.setMany([sampleEntry(1, { cost: 5 })]);
        await Promise.resolve();
        await Promise.resolve();
        const deleting = tier.delete(selector);
        expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
        const [other] = await tier.getMany([sampleKey(2)]);
        expect(other?.key).toBe('all' in selector ? undefined : sampleKey(2));
        await writing;
        expect(await deleting).toBe('all' in selector ? 2 : 1);
        expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      },
    );

    it('a write after a deletion of everything is seen at once and stays', async () => {
      await tier.setMany([sampleEntry(1)]);
      const deleting = tier.delete({ all: true });
      const writing = tier.setMany([sampleEntry(1, { cost: 3 }), sampleEntry(2)]);
      expect((await tier.getMany([sampleKey(1)]))[0]?.cost).toBe(3);
      expect([await deleting, await writing]).toEqual([1, 2]);
      expect((await stored(name)).entries.map(({ cost }) => cost)).toEqual([3, 12.5]);
    });

    it('the same entry written, deleted and written again is seen until and after it is stored', async () => {
      const entry = sampleEntry(1);
      const first = tier.setMany([entry]);
      const deleting = tier.delete({ keys: [entry.key] });
      const second = tier.setMany([entry]);
      await first;
      expect(await tier.getMany([entry.key])).toEqual([entry]);
      await deleting;
      expect(await tier.getMany([entry.key])).toEqual([entry]);
      await second;
      expect(await tier.getMany([entry.key])).toEqual([entry]);
    });

    it('an entry of another model that was written over does not come back while both are on their way', async () => {
      await tier.setMany([sampleEntry(1)]);
      const writing = tier.setMany([sampleEntry(1, { model: otherModel })]);
      const deleting = tier.delete({ model: otherModel });
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(tier.peek(sampleKey(1))).toBeUndefined();
      await writing;
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await deleting).toBe(1);
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
    });

    it('the last of several writes of a key in one moment is the one stored', async () => {
      const counts = await Promise.all([
        tier.setMany([sampleEntry(1, { cost: 1 }), sampleEntry(1, { cost: 2 })]),
        tier.setMany([sampleEntry(1, { cost: 3 })]),
      ]);
      expect(counts).toEqual([2, 1]);
      expect((await tier.getMany([sampleKey(1)]))[0]?.cost).toBe(3);
      expect((await tier.usage()).entries).toBe(1);
    });

    it('a deletion by model takes more rows than one transaction does, and leaves the others', async () => {
      const mine = Array.from({ length: 1_200 }, (_, index) => sampleEntry(index));
      const others = [5_000, 5_001].map((number) => sampleEntry(number, { model: otherModel }));
      await tier.setMany([others[0]!, ...mine, others[1]!]);
      expect(await tier.delete({ model: sampleEntry(1).model })).toBe(1_200);
      expect((await stored(name)).entries.map(({ key }) => key)).toEqual(others.map(({ key }) => key));
      expect(await tier.delete({ model: 'c'.repeat(64) })).toBe(0);
    });
  });
}
