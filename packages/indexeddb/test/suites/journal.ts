import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { rowKeyOf } from '../../src/rowKey.js';
import {
  eventsOf,
  expectAccountsToBeRight,
  newName,
  putRaw,
  stored,
  withDatabase,
} from '../support/database.js';

/** For thousands of rows, where others use the machine as well. */
const timeout = 60_000;

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const entries = (from: number, to: number) => numbers(from, to).map((number) => sampleEntry(number));

async function fill(name: string, ...parts: [from: number, to: number][]): Promise<void> {
  const tier = indexedDB({ name, hotSet: 0, timeout });
  for (const [from, to] of parts) await tier.setMany(entries(from, to));
  await tier.close();
}

/** What a tier that is opened now has and says. */
async function opened(name: string) {
  const tier = indexedDB({ name });
  const events = eventsOf(tier);
  const { entries, bytes } = await tier.usage();
  const found = await tier.getMany(numbers(1, 9).map(sampleKey));
  await tier.close();
  return {
    entries,
    bytes,
    found: numbers(1, 9).filter((_, index) => found[index] !== undefined),
    lost: events.of('storage-lost').map((event) => event.entries),
    errors: events.errors(),
  };
}

const sequences = (name: string) =>
  withDatabase(name, async (database) => (await database.getAllKeys('journal')) as number[]);

const removeRecord = (name: string, place: number) =>
  withDatabase(name, async (database) => {
    const keys = await database.getAllKeys('journal');
    await database.delete('journal', keys.at(place)!);
  });

const { size } = sampleEntry(1);

export function journalSuite(): void {
  describe('journal', () => {
    afterEach(() => void vi.restoreAllMocks());

    const whole = { entries: 6, bytes: 6 * size, found: numbers(1, 6), errors: [] };

    it.each<[string, (name: string) => Promise<unknown>, (number | undefined)[]]>([
      ['is damaged in one record', (name) => damageRecord(name, 1), [undefined]],
      ['has something else in a record', (name) => putRaw(name, 'journal', 2, 'record'), [undefined]],
      ['lacks its first record', (name) => removeRecord(name, 0), []],
      ['lacks a record in between', (name) => removeRecord(name, 1), [undefined]],
      ['lacks its last record', (name) => removeRecord(name, -1), []],
      ['is gone', (name) => withDatabase(name, (database) => database.clear('journal')), []],
      [
        'does not know of a row',
        async (name) => {
          const row = await withDatabase(name, (database) =>
            database.get('rows', rowKeyOf(sampleKey(6)).buffer),
          );
          await fill(name, [6, 6]);
          const tier = indexedDB({ name, hotSet: 0 });
          await tier.delete({ keys: [sampleKey(6)] });
          await tier.close();
          await putRaw(name, 'rows', rowKeyOf(sampleKey(6)).buffer, row);
        },
        [],
      ],
    ])('%s: it is made anew from the rows, and nothing is missing', async (_, damage, lost) => {
      const name = newName();
      await fill(name, [1, 2], [3, 4], [5, 6]);
      await damage(name);
      expect(await opened(name)).toEqual({ ...whole, lost });
      expect(await opened(name)).toEqual({ ...whole, lost: [] });
      await fill(name, [7, 7]);
      expect((await opened(name)).found).toEqual(numbers(1, 7));
      await expectAccountsToBeRight(name);
    });

    it('tells of rows that are gone: an event with their number', async () => {
      const name = newName();
      await fill(name, [1, 4], [5, 6]);
      await withDatabase(name, async (database) => {
        for (const number of [2, 3, 6]) await database.delete('rows', rowKeyOf(sampleKey(number)).buffer);
      });
      const left = { entries: 3, bytes: 3 * size, found: [1, 4, 5], errors: [] };
      expect(await opened(name)).toEqual({ ...left, lost: [3] });
      expect(await opened(name)).toEqual({ ...left, lost: [] });
    });

    it('is of no use, and rows neither: they are removed', async () => {
      const name = newName();
      await fill(name, [1, 3]);
      await withDatabase(name, async (database) => {
        await database.clear('journal');
        await database.put('rows', 'text', rowKeyOf(sampleKey(2)).buffer);
        await database.put('rows', new Uint8Array(100), 'a foreign key');
      });
      expect(await opened(name)).toMatchObject({ entries: 2, found: [1, 3] });
      expect((await stored(name)).rows).toBe(2);
    });

    it.each<[string, (name: string) => Promise<unknown>]>([
      ['a record before is gone', (name) => removeRecord(name, -1)],
      ['all of it is gone', (name) => withDatabase(name, (database) => database.clear('journal'))],
      ['the next record is damaged', (name) => addRecord(name, new Uint8Array(64))],
      ['the next record is a text', (name) => addRecord(name, 'text')],
    ])('%s while a tier is at work: it goes on, rightly', async (_, damage) => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany(entries(1, 3));
      await tier.setMany(entries(4, 5));
      const events = eventsOf(tier);
      await damage(name);
      expect(await tier.setMany(entries(6, 6))).toBe(1);
      expect(await tier.delete({ keys: [sampleKey(1)] })).toBe(1);
      expect((await tier.usage()).entries).toBe(5);
      expect(events.errors()).toEqual([]);
      await tier.close();
      expect(await opened(name)).toMatchObject({ found: numbers(2, 6), lost: [], errors: [] });
    });

    it(
      'becomes too long: it is made anew, and other tabs take notice, before, after and asleep',
      async () => {
        const name = newName();
        const tiers = numbers(1, 3).map(() => indexedDB({ name, hotSet: 0, timeout }));
        const [one, other, sleeper] = tiers as [IndexedDBTier, IndexedDBTier, IndexedDBTier];
        await Promise.all(tiers.map((tier) => tier.setMany([sampleEntry(9_999)])));
        const reported = tiers.map((tier) => eventsOf(tier));
        // A tab that hears nothing, as one that is frozen.
        const deaf = vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(() => {});
        await one.setMany(entries(1, 1_500));
        await other.delete({ keys: numbers(1, 1_400).map(sampleKey) });
        await one.setMany(entries(2_001, 3_500));
        await other.delete({ keys: numbers(2_001, 3_400).map(sampleKey) });
        const before = await sequences(name);
        await one.close();
        const after = await sequences(name);
        expect(after.length).toBe(1);
        expect(after[0]).toBeGreaterThan(before.at(-1)!);
        deaf.mockRestore();
        expect((await sleeper.usage()).entries).toBe(201);
        expect(await sleeper.getMany([1, 1_450, 3_450].map(sampleKey))).toEqual([
          undefined,
          sampleEntry(1_450),
          sampleEntry(3_450),
        ]);
        expect(await other.setMany(entries(1, 1))).toBe(1);
        expect(await sleeper.delete({ keys: [1, 1_450].map(sampleKey) })).toBe(2);
        expect((await other.usage()).entries).toBe(200);
        await Promise.all([other.close(), sleeper.close()]);
        expect(reported.flatMap((events) => [...events.errors(), ...events.of('storage-lost')])).toEqual([]);
        await expectAccountsToBeRight(name);
      },
      timeout,
    );

    it(
      'is made anew once more than 4,096 changes are told, and holds as many as there are rows then',
      async () => {
        const name = newName();
        for (let round = 0; round < 3; round++) {
          await fill(name, [1, 2_000]);
          expect((await sequences(name)).length).toBe(round < 2 ? round + 1 : 1);
        }
        expect(await withDatabase(name, (database) => database.getAll('journal'))).toMatchObject([
          // And up to where deletions are remembered.
          { length: 24 + 40 + 2_000 * 48 + 72 },
        ]);
      },
      timeout,
    );

    describe('dropped for want of space', () => {
      /** Until the function it gives is called, not a byte can be written. */
      const fillDisk = () => {
        const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
          throw new DOMException('', 'QuotaExceededError');
        });
        return () => put.mockRestore();
      };

      it('other tabs know what was deleted, and so does whoever opens it before there is space', async () => {
        const name = newName();
        const [one, other] = [indexedDB({ name }), indexedDB({ name })];
        await one.setMany(entries(1, 6));
        await Promise.all([one.usage(), other.usage()]);
        const free = fillDisk();
        expect(await one.delete({ keys: [1, 2].map(sampleKey) })).toBe(2);
        await expect.poll(() => other.peek(sampleKey(1))).toBeUndefined();
        expect((await other.usage()).entries).toBe(4);
        expect(await other.delete({ keys: [sampleKey(3)] })).toBe(1);
        expect((await one.usage()).entries).toBe(3);

        const newcomer = indexedDB({ name });
        const events = eventsOf(newcomer);
        expect((await newcomer.usage()).entries).toBe(3);
        expect(await newcomer.getMany([3, 4].map(sampleKey))).toEqual([undefined, sampleEntry(4)]);
        expect(await newcomer.delete({ keys: [sampleKey(4)] })).toBe(1);
        // Nobody is evicted for it: since space was made last, nothing has been written.
        expect(await newcomer.setMany(entries(7, 7))).toBe(0);
        free();
        expect(events.of('storage-lost')).toEqual([]);
        await Promise.all([one.close(), other.close(), newcomer.close()]);
        expect(await opened(name)).toMatchObject({ found: [5, 6], lost: [], errors: [] });
      });

      it('everything is deleted, and what is written next counts from there', async () => {
        const name = newName();
        const [one, other] = [indexedDB({ name }), indexedDB({ name })];
        await one.setMany(entries(1, 6));
        await other.usage();
        const free = fillDisk();
        expect(await one.delete({ all: true })).toBe(6);
        free();
        expect(await one.setMany(entries(7, 7))).toBe(1);
        expect(await opened(name)).toMatchObject({ found: [7], lost: [], errors: [] });
        expect(await other.setMany(entries(8, 8))).toBe(1);
        expect((await one.usage()).entries).toBe(2);
        await Promise.all([one.close(), other.close()]);
        expect(await opened(name)).toMatchObject({ found: [7, 8], lost: [], errors: [] });
      });

      it('and the page ends before it is made anew, with no row left', async () => {
        const name = newName();
        const tier = indexedDB({ name });
        await tier.setMany(entries(1, 2));
        await withDatabase(name, async (database) => {
          await database.clear('rows');
          const [record] = await database.getAll('journal');
          await database.clear('journal');
          // One that does not start anew.
          const later = (record as Uint8Array).slice();
          later[1] = 0;
          await database.put('journal', later, 7);
        });
        await tier.close();
        const next = indexedDB({ name });
        expect(await next.setMany(entries(3, 3))).toBe(1);
        expect(await next.setMany(entries(4, 4))).toBe(1);
        await next.close();
        expect((await opened(name)).found).toEqual([3, 4]);
      });
    });
  });
}

function damageRecord(name: string, place: number): Promise<unknown> {
  return withDatabase(name, async (database) => {
    const keys = await database.getAllKeys('journal');
    const record = (await database.get('journal', keys[place]!)) as Uint8Array;
    record[30]! ^= 4;
    await database.put('journal', record, keys[place]);
  });
}

function addRecord(name: string, value: unknown): Promise<unknown> {
  return withDatabase(name, async (database) => {
    const keys = (await database.getAllKeys('journal')) as number[];
    await database.put('journal', value, keys.at(-1)! + 1);
  });
}
