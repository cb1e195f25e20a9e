import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName } from '../support/database.js';

/** Longer than any pause between tries. */
const minute = 60_001;

/** The storage is full: room is made once, and what is there stays and is found. */
export function fullStorageSuite(): void {
  describe('full storage', () => {
    let name: string;
    let tier: IndexedDBTier;
    let events: ReturnType<typeof eventsOf>;
    /** ms by which the clock is ahead. */
    let passed: number;
    let isFull: boolean;
    /** The only entry that a full storage refuses; without one it refuses everything. */
    let refused: number | undefined;
    /** Whether the handle is dead after a refusal. */
    let isDeadly: boolean;
    let refusals: number;

    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    const open = () => {
      tier = indexedDB({ name, hotSet: 0 });
      events = eventsOf(tier);
    };
    const evicted = () => events.of('evicted').map(({ key }) => Number.parseInt(key, 16));
    const found = async () => {
      const entries = await tier.getMany(numbers.map(sampleKey));
      return numbers.filter((_, index) => entries[index] !== undefined);
    };

    beforeEach(async () => {
      passed = 0;
      refusals = 0;
      isFull = false;
      isDeadly = false;
      refused = undefined;
      const now = performance.now.bind(performance);
      vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
      const { put } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        value: unknown,
        key: IDBValidKey | undefined,
      ) {
        const isMeant =
          refused === undefined || (key instanceof ArrayBuffer && new Uint8Array(key)[31] === refused);
        if (!isFull || !isMeant) return put.call(this, value, key);
        refusals++;
        if (isDeadly) this.transaction.db.close();
        throw new DOMException('', 'QuotaExceededError');
      });
      name = newName();
      open();
      expect(await tier.setMany(numbers.map((number) => sampleEntry(number)))).toBe(100);
    });

    afterEach(async () => {
      vi.restoreAllMocks();
      await tier.close();
    });

    it('a tenth goes, and no more while every write is refused, however long; look-ups go on', async () => {
      isFull = true;
      for (let round = 0; round < 30; round++) {
        expect(await tier.setMany([sampleEntry(200 + round)])).toBe(0);
        passed += minute;
      }
      expect(evicted()).toEqual(numbers.slice(0, 10));
      expect(await found()).toEqual(numbers.slice(10));
      isFull = false;
      expect(await tier.setMany([sampleEntry(200)])).toBe(1);
      expect(evicted()).toHaveLength(10);
      await expectAccountsToBeRight(name);
    });

    it('pauses grow from a second on, in which nothing is tried; the try after one is made without evicting', async () => {
      isFull = true;
      await tier.setMany([sampleEntry(200)]);
      await tier.setMany([sampleEntry(200)]);
      for (const pause of [1_000, 2_000, 4_000, 8_000]) {
        const before = refusals;
        passed += pause - 500;
        expect(await tier.setMany([sampleEntry(200)])).toBe(0);
        expect(refusals).toBe(before);
        passed += 500;
        expect(await tier.setMany([sampleEntry(200)])).toBe(0);
        expect(refusals).toBe(before + 1);
      }
      expect(evicted()).toHaveLength(10);
    });

    it('what is evicted makes room: the write is tried once more, and so again and again', async () => {
      let freed = 0;
      const { delete: remove } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (this: IDBObjectStore, key) {
        if (this.name === 'rows') {
          freed++;
          isFull = false;
        }
        return remove.call(this, key);
      });
      for (let round = 0; round < 20; round++) {
        isFull = true;
        const batch = Array.from({ length: 10 }, (_, index) => sampleEntry(200 + 10 * round + index));
        expect(await tier.setMany(batch)).toBe(10);
      }
      expect(events.errors()).toEqual([]);
      // Room for twice what is written, but in the end no more than is written.
      expect(freed).toBeGreaterThanOrEqual(200);
      expect((await tier.usage()).entries).toBe(300 - freed);
      expect((await tier.usage()).entries).toBeGreaterThanOrEqual(50);
    });

    it('the handle dies of the refusal, as in Firefox: room is made with another one, and look-ups go on', async () => {
      isFull = true;
      isDeadly = true;
      for (let round = 0; round < 5; round++) {
        expect(await tier.setMany([sampleEntry(200)])).toBe(0);
        expect(await found()).toEqual(numbers.slice(10));
        passed += minute;
      }
      expect(evicted()).toEqual(numbers.slice(0, 10));
      isFull = false;
      expect(await tier.setMany([sampleEntry(200)])).toBe(1);
      await expectAccountsToBeRight(name);
    });

    it('small writes succeed between those that find no room: half of the rows stay', async () => {
      refused = 250;
      isFull = true;
      for (let round = 0; round < 40; round++) {
        expect(await tier.setMany([sampleEntry(249)])).toBe(1);
        expect(await tier.setMany([sampleEntry(250)])).toBe(0);
        passed += minute;
      }
      expect(evicted().length).toBeGreaterThan(30);
      expect((await tier.usage()).entries).toBeGreaterThanOrEqual(50);
      expect((await found()).length).toBeGreaterThanOrEqual(49);
    });

    it('the last row is not evicted', async () => {
      await tier.delete({ keys: numbers.slice(1).map(sampleKey) });
      isFull = true;
      expect(await tier.setMany([sampleEntry(200)])).toBe(0);
      expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]);
    });

    it('reloads do not evict again what was evicted in vain, until something has been written', async () => {
      isFull = true;
      expect(await tier.setMany([sampleEntry(200)])).toBe(0);
      expect(evicted()).toHaveLength(10);
      for (let reload = 0; reload < 3; reload++) {
        await tier.close();
        open();
        expect(await tier.setMany([sampleEntry(200)])).toBe(0);
        expect(evicted()).toEqual([]);
      }
      expect(await found()).toEqual(numbers.slice(10));
      isFull = false;
      passed += minute;
      expect(await tier.setMany([sampleEntry(200)])).toBe(1);
      isFull = true;
      expect(await tier.setMany([sampleEntry(201)])).toBe(0);
      expect(evicted()).toEqual(numbers.slice(10, 20));
      isFull = false;
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('what can wait for space does so without a word: uses, the hot set, the journal made anew', async () => {
      await tier.close();
      tier = indexedDB({ name });
      events = eventsOf(tier);
      await tier.ready();
      isFull = true;
      await tier.getMany([sampleKey(1)]);
      await tier.delete({ keys: [sampleKey(2)] });
      await tier.close();
      expect(refusals).toBeGreaterThan(2);
      expect(events.errors()).toEqual([]);
      isFull = false;
      await expectAccountsToBeRight(name);
    });
  });
}
