import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { expectAccountsToBeRight, newName, stored, withDatabase } from '../support/database.js';

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const fill = (tier: IndexedDBTier, from: number, to: number) =>
  tier.setMany(numbers(from, to).map((number) => sampleEntry(number)));
const numbersIn = async (name: string) =>
  (await stored(name)).entries.map(({ key }) => Number.parseInt(key, 16)).sort((a, b) => a - b);

export function usesSuite(): void {
  describe('eviction by use', () => {
    afterEach(() => void vi.restoreAllMocks());

    it('looking up, peeking and being touched keep a row; the others go', async () => {
      const name = newName();
      const first = indexedDB({ name });
      await fill(first, 1, 20);
      await first.close();
      const tier = indexedDB({ name, maxEntries: 20 });
      await tier.ready();
      await tier.getMany([1, 2].map(sampleKey));
      expect(tier.peek(sampleKey(3))).toEqual(sampleEntry(3));
      tier.touch?.([sampleKey(4), sampleKey(999)]);
      await fill(tier, 100, 109);
      // 30 rows down to 18: 12 went.
      expect(await numbersIn(name)).toEqual([1, 2, 3, 4, ...numbers(17, 20), ...numbers(100, 109)]);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it.each([
      ['told with the next write', 4e6, (tier: IndexedDBTier) => fill(tier, 50, 50)],
      ['told at closing, by the saving of the hot set', 4e6, async () => {}],
      ['told at closing, without a hot set', 0, async () => {}],
    ])('uses count after reopening as well: %s', async (_, hotSet, act) => {
      const name = newName();
      const first = indexedDB({ name, hotSet });
      await fill(first, 1, 20);
      await first.close();
      const second = indexedDB({ name, hotSet });
      await second.ready();
      await second.getMany([1, 2].map(sampleKey));
      second.touch?.([sampleKey(3)]);
      await act(second);
      await second.close();

      const third = indexedDB({ name, hotSet: 0, maxEntries: 20 });
      await fill(third, 100, 109);
      const left = await numbersIn(name);
      expect(left).toEqual(expect.arrayContaining([1, 2, 3]));
      expect(left).not.toContain(4);
      await third.close();
    });

    it('another tier counts them too, once they are told', async () => {
      const name = newName();
      const one = indexedDB({ name, hotSet: 0 });
      const other = indexedDB({ name, hotSet: 0, maxEntries: 20 });
      await fill(one, 1, 19);
      await one.getMany([sampleKey(1)]);
      await fill(one, 20, 20);
      await fill(other, 100, 102);
      const left = await numbersIn(name);
      expect(left).toContain(1);
      expect(left).not.toContain(2);
      await Promise.all([one.close(), other.close()]);
    });

    it('a use is told once, however often it was, and no use of what is not there', async () => {
      const name = newName();
      const tier = indexedDB({ name, hotSet: 0 });
      await fill(tier, 1, 3);
      for (let turn = 0; turn < 500; turn++) {
        tier.touch?.([1, 2, 77].map(sampleKey));
        await tier.getMany([sampleKey(1), sampleKey(2)]);
      }
      await tier.close();
      const lengths = await withDatabase(name, async (database) =>
        (await database.getAll('journal')).map((record: Uint8Array) => record.length),
      );
      // A header, and 48 bytes for each of two uses.
      expect(lengths.at(-1)).toBe(24 + 2 * 48);
    });

    it('uses are told although the write that was to tell them failed', async () => {
      const name = newName();
      const tier = indexedDB({ name, hotSet: 0 });
      await fill(tier, 1, 20);
      await tier.getMany([sampleKey(1)]);
      const { put } = IDBObjectStore.prototype;
      const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...parameters
      ) {
        const request = put.apply(this, parameters);
        this.transaction.abort();
        return request;
      });
      expect(await fill(tier, 30, 30)).toBe(0);
      spy.mockRestore();
      await tier.close();
      const next = indexedDB({ name, hotSet: 0, maxEntries: 20 });
      await fill(next, 100, 100);
      expect(await numbersIn(name)).toContain(1);
      await next.close();
    });
  });
}
