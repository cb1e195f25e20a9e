import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { databaseName } from '../../src/schema.js';
import { eventsOf, expectAccountsToBeRight, newName, withDatabase } from '../support/database.js';
import { deleteRaw } from '../support/faults.js';

const entries = [1, 2, 3].map((number) => sampleEntry(number));

/** Emptied beside everyone, as a browser does that finds its files damaged. */
const emptied = (name: string) =>
  withDatabase(name, async (database) => {
    for (const store of database.objectStoreNames) await database.clear(store);
  });

export function lossSuite(): void {
  describe('a database that has lost what it had', () => {
    const acts: [string, (tier: IndexedDBTier) => Promise<unknown>][] = [
      ['a look-up', (tier) => tier.getMany([sampleKey(1), sampleKey(2)])],
      ['a write', (tier) => tier.setMany([sampleEntry(8)])],
      ['a deletion', (tier) => tier.delete({ keys: [sampleKey(1)] })],
      ['usage', (tier) => tier.usage()],
    ];

    it.each(acts)('emptied under a tier: one event, found out by %s', async (_, act) => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany(entries);
      const events = eventsOf(tier);
      await emptied(name);
      await act(tier);
      await expect.poll(() => events.of('storage-lost')).toHaveLength(1);
      expect(await tier.setMany([sampleEntry(9)])).toBe(1);
      expect(await tier.getMany([sampleKey(1), sampleKey(9)])).toEqual([undefined, sampleEntry(9)]);
      await tier.close();
      expect(events.of('storage-lost')).toHaveLength(1);
      expect(events.errors()).toEqual([]);
      await expectAccountsToBeRight(name);
    });

    it.each(acts)('deleted under a tier: one event, found out by %s', async (_, act) => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany(entries);
      const events = eventsOf(tier);
      await deleteRaw(name);
      await act(tier);
      await expect.poll(() => events.of('storage-lost')).toHaveLength(1);
      expect(await tier.setMany([sampleEntry(9)])).toBe(1);
      await tier.close();
      expect(events.of('storage-lost')).toHaveLength(1);
      await expectAccountsToBeRight(name);
    });

    it('its name and some of its rows: still one event', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany(entries);
      const events = eventsOf(tier);
      await withDatabase(name, async (database) => {
        await database.clear('state');
        const [first] = await database.getAllKeys('rows');
        await database.delete('rows', first!);
        const [last] = await database.getAllKeys('journal');
        await database.put('journal', 'text', (last as number) + 1);
      });
      await tier.usage();
      expect(events.of('storage-lost')).toHaveLength(1);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it.runIf(globalThis.localStorage !== undefined)(
      'emptied while no page was open: the next one says so, once',
      async () => {
        const name = newName();
        const first = indexedDB({ name });
        await first.setMany(entries);
        await first.close();
        await emptied(name);
        for (const expected of [1, 0]) {
          const tier = indexedDB({ name });
          const events = eventsOf(tier);
          await tier.ready();
          await tier.usage();
          expect(events.of('storage-lost')).toHaveLength(expected);
          await tier.close();
        }
      },
    );

    it('a new one has lost nothing, however many open it at once', async () => {
      for (let round = 0; round < 10; round++) {
        const name = newName();
        const tiers = [1, 2, 3, 4].map(() => indexedDB({ name }));
        const reported = tiers.map((tier) => eventsOf(tier));
        await Promise.all(tiers.map((tier, index) => tier.setMany([sampleEntry(index)])));
        await Promise.all(tiers.map((tier) => tier.close()));
        expect(reported.flatMap((events) => events.of('storage-lost'))).toEqual([]);
        await expectAccountsToBeRight(name);
      }
    });
  });

  describe('an older layout beside this one', () => {
    it('both are there, and neither is touched', async () => {
      const name = newName();
      const older = await openOlder(name);
      await put(older, { made: 'long ago' });
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany(entries);
      // Its own tabs go on as well.
      await put(older, { made: 'just now' });
      expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]);
      await tier.close();
      expect(events.errors()).toEqual([]);
      older.close();
      const again = await openOlder(name);
      expect([...again.objectStoreNames]).toEqual(['entries', 'meta']);
      expect(await all(again)).toEqual([{ made: 'long ago' }, { made: 'just now' }]);
      again.close();
      expect((await globalThis.indexedDB.databases()).map((database) => database.name)).toEqual(
        expect.arrayContaining([name, databaseName(name)]),
      );
      await expectAccountsToBeRight(name);
    });
  });
}

function openOlder(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = globalThis.indexedDB.open(name, 3);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('entries', { autoIncrement: true }).createIndex('made', 'made');
      request.result.createObjectStore('meta');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function put(database: IDBDatabase, value: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('entries', 'readwrite');
    transaction.objectStore('entries').put(value);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function all(database: IDBDatabase): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const request = database.transaction('entries').objectStore('entries').getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
