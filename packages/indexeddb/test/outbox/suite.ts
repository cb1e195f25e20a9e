import { Outbox, type OutboxEvent, type OutboxStore } from '@predcache/core';
import { bitsOf, outboxStoreConformance, sampleEntry, tensorsOfEveryType } from '@predcache/core/testing';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBOutbox, type IndexedDBOutboxOptions, indexedDBOutbox } from '../../src/index.js';
import { newName } from '../support/database.js';
import { nextHandle } from '../support/faults.js';

const all = { after: 0, count: 1_000 };

/** What holds on every implementation of IndexedDB. */
export function outboxSuite(): void {
  outboxStoreConformance({
    name: 'indexedDBOutbox',
    create: (bounds) => indexedDBOutbox({ ...bounds, name: newName() }),
    test: { describe, it, expect },
  });

  describe('indexedDBOutbox', () => {
    let name: string;
    let store: IndexedDBOutbox;
    const opened: OutboxStore[] = [];

    const open = (options: IndexedDBOutboxOptions = {}) => {
      const another = indexedDBOutbox({ name, ...options });
      opened.push(another);
      return another;
    };
    const numbersIn = async (from: OutboxStore) => (await from.read(all)).map(({ bytes }) => bytes[0]);
    /** The accounts as they are kept must be what counting gives. */
    const expectAccountsToBeRight = () =>
      beside(store.name, async (database) => {
        const values: Uint8Array[] = await database.getAll('records');
        const bytes = values.reduce((sum, { length }) => sum + length, 0);
        expect(await database.get('state', 'accounts')).toEqual({ entries: values.length, bytes });
      });

    beforeEach(() => {
      name = newName();
      store = open();
    });

    afterEach(async () => {
      vi.restoreAllMocks();
      await Promise.all(opened.splice(0).map((each) => each.close()));
    });

    it('keeps what was appended when it is opened again, and gives no id twice', async () => {
      await store.append([record(1), record(2)]);
      const before = await store.read(all);
      await store.remove(before.slice(1));
      await store.close();
      store = open();
      expect(await numbersIn(store)).toEqual([1]);
      await store.append([record(3)]);
      expect((await store.read(all))[1]!.id).toBeGreaterThan(before[1]!.id);
      await expectAccountsToBeRight();
    });

    it('waits for the disk when it is to keep something', async () => {
      await store.append([record(1)]);
      const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
      await store.append([record(2)]);
      await store.remove(await store.read(all));
      const writes = transaction.mock.calls.filter(
        ([stores, mode]) => mode === 'readwrite' && [stores].flat().includes('records'),
      );
      expect(writes.map(([, , options]) => options?.durability)).toEqual(['strict', 'relaxed']);
    });

    it('is one list with one account in two tabs, and holds its bounds in both', async () => {
      const bounds = { maxEntries: 30 };
      const tabs = [open(bounds), open(bounds)];
      const appended = await Promise.allSettled(
        Array.from({ length: 40 }, (_, number) => tabs[number % 2]!.append([record(number, 10 + number)])),
      );
      const full = appended.filter(({ status }) => status === 'rejected');
      expect(full).toHaveLength(10);
      for (const each of full) expect(each).toMatchObject({ reason: { code: 'OUTBOX_FULL' } });
      await expectAccountsToBeRight();
      const [some, others] = await Promise.all(tabs.map((tab) => tab.read({ after: 0, count: 20 })));
      expect(some).toEqual(others);
      // Both remove the same ones, and one of them adds meanwhile.
      await Promise.all([tabs[0]!.remove(some!), tabs[1]!.remove(others!), tabs[1]!.append([record(50)])]);
      expect((await tabs[0]!.usage()).entries).toBe(11);
      await expectAccountsToBeRight();
    });

    it('the storage is cleared between reading and removing: what has the same id since then stays', async () => {
      await store.append([record(1)]);
      const [old] = await store.read(all);
      await deleteDatabase(store.name);
      await store.append([record(2)]);
      expect((await store.read(all))[0]!.id).toBe(old!.id);
      await store.remove([old!]);
      expect(await numbersIn(store)).toEqual([2]);
      await expectAccountsToBeRight();
    });

    it('says so when it finds the storage emptied, and not when it is new or was cleared by order', async () => {
      const lost = vi.fn();
      store.watchForLoss!(lost);
      await store.append([record(1)]);
      await store.clear();
      await expect
        .poll(() => beside(store.name, (database) => database.get('state', 'canary')))
        .toBeDefined();
      expect(lost).not.toHaveBeenCalled();
      await deleteDatabase(store.name);
      await store.append([record(2)]);
      await expect.poll(() => lost.mock.calls.length).toBe(1);
      expect((await store.usage()).entries).toBe(1);
    });

    it('the quota is used up: the write is refused, what was there stays, and the next one works', async () => {
      await store.append([record(1)]);
      vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
        throw new DOMException('', 'QuotaExceededError');
      });
      await expect(store.append([record(2)])).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        what: 'QuotaExceededError',
        hint: 'The site has used up its storage: what is being put is not kept, what was put before is',
      });
      vi.restoreAllMocks();
      expect(await numbersIn(store)).toEqual([1]);
      await store.append([record(3)]);
      expect(await numbersIn(store)).toEqual([1, 3]);
      await expectAccountsToBeRight();
    });

    it('a transaction aborts in the middle: all or nothing', async () => {
      await store.append([record(1)]);
      const { add } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (
        this: IDBObjectStore,
        value: Uint8Array,
      ) {
        const request = add.call(this, value);
        if (value[0] === 3) this.transaction.abort();
        return request;
      });
      await expect(store.append([record(2), record(3), record(4)])).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      });
      expect(await numbersIn(store)).toEqual([1]);
      await expectAccountsToBeRight();
    });

    it('the handle is dead: another one is opened', async () => {
      await store.append([record(1)]);
      for (const act of [() => store.append([record(2)]), () => store.read(all), () => store.usage()]) {
        const [handle] = await Promise.all([nextHandle(), store.read(all)]);
        handle.close();
        await act();
      }
      expect(await numbersIn(store)).toEqual([1, 2]);
      await expectAccountsToBeRight();
    });

    it('a transaction of another tab does not end: everything rejects in time, and works once it has', async () => {
      await store.append([record(1)]);
      const hasty = open({ timeout: 200 });
      await hasty.usage();
      const release = await holdWriteLock(store.name);
      const calls = [hasty.append([record(2)]), hasty.read(all), hasty.remove([]), hasty.usage()];
      const outcomes = await Promise.allSettled(calls);
      for (const each of outcomes)
        expect(each).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_TIMEOUT' } });
      await release();
      await store.append([record(3)]);
      expect((await numbersIn(store)).filter((number) => number !== 2)).toEqual([1, 3]);
      await expectAccountsToBeRight();
    });

    it('counts anew where the accounts are gone or wrong', async () => {
      await store.append([record(1), record(2)]);
      const usage = { entries: 2, bytes: 80, maxEntries: 10_000, maxSize: 16e6 };
      for (const accounts of [undefined, 'none', { entries: -1, bytes: 0 }, { entries: 7, bytes: 9 }]) {
        await beside(store.name, (database) => database.put('state', accounts, 'accounts'));
        expect(await store.usage()).toEqual(usage);
        await store.append([]);
        await expectAccountsToBeRight();
      }
    });

    it('a record that is damaged, or none of ours, is dropped with an event and blocks nobody', async () => {
      const outbox = new Outbox({ store, origin: { write: () => new Promise(() => {}) } });
      for (const number of [1, 2, 3]) await outbox.put(sampleEntry(number));
      await outbox.dispose();
      store = open();
      await beside(store.name, async (database) => {
        const [id] = await database.getAllKeys('records');
        const bytes: Uint8Array = await database.get('records', id!);
        bytes[bytes.length - 3]! ^= 4;
        await database.put('records', bytes, id);
        await database.put('records', 'something else', 99);
      });
      const delivered: string[] = [];
      const events: OutboxEvent[] = [];
      const later = new Outbox({
        store,
        origin: { write: async (writes) => void delivered.push(...writes.map(({ entry }) => entry.key)) },
      });
      later.subscribe((event) => events.push(event));
      expect(await later.flush()).toEqual({ delivered: 2, left: 0 });
      expect(delivered).toEqual([sampleEntry(2).key, sampleEntry(3).key]);
      expect(events.filter(({ type }) => type === 'outbox-damaged')).toEqual([
        { type: 'outbox-damaged', records: 2 },
      ]);
      await expectAccountsToBeRight();
      await later.dispose();
    });

    it('lets the next session deliver what is left, to the bit, with the same idempotency key', async () => {
      const keys: string[] = [];
      const entries: unknown[] = [];
      const first = new Outbox({
        store,
        origin: {
          write: async ([write]) => {
            keys.push(write!.idempotencyKey);
            throw new Error('down');
          },
        },
      });
      const entry = sampleEntry(1, { outputs: tensorsOfEveryType, computedBy: 'app', tags: ['corrected'] });
      await first.put(entry);
      await first.flush();
      await first.dispose();
      const second = new Outbox({
        store: open(),
        origin: {
          write: async ([write]) => {
            keys.push(write!.idempotencyKey);
            entries.push(write!.entry);
          },
        },
      });
      expect(await second.flush()).toEqual({ delivered: 1, left: 0 });
      expect(bitsOf(entries)).toBe(bitsOf([entry]));
      expect(new Set(keys).size).toBe(1);
      await second.dispose();
    });

    it("keeps partitions apart, does not tell whose they are, and clears one's own", async () => {
      const [ann, bob] = [open({ partition: 'ann' }), open({ partition: 'bob' })];
      await Promise.all([ann.append([record(1)]), bob.append([record(2), record(3)])]);
      expect(new Set([store.name, ann.name, bob.name]).size).toBe(3);
      const names = (await indexedDB.databases()).map((database) => database.name);
      expect(names).toContain(ann.name);
      expect(names.filter((each) => each!.includes('ann'))).toEqual([]);
      expect([await numbersIn(store), await numbersIn(ann)]).toEqual([[], [1]]);
      expect(await bob.clear()).toBe(2);
      expect([await numbersIn(ann), await numbersIn(bob)]).toEqual([[1], []]);
      expect((await bob.usage()).bytes).toBe(0);
    });

    it.each<IndexedDBOutboxOptions>([
      { name: '' },
      { partition: '' },
      { maxEntries: 0 },
      { maxSize: Number.NaN },
      { timeout: 2 ** 31 },
    ])('is not made with %j', (options) => {
      expect(() => indexedDBOutbox(options)).toThrow(
        expect.objectContaining({
          code: 'OPTIONS_INVALID',
          where: `indexedDBOutbox({ ${Object.keys(options)[0]} })`,
        }),
      );
    });
  });
}

function record(number: number, length = 40): Uint8Array {
  return new Uint8Array(length).fill(number);
}

type Raw = Awaited<ReturnType<typeof openDB>>;

/** Does anything beside the store. */
async function beside<T>(database: string, work: (opened: Raw) => Promise<T>): Promise<T> {
  const opened = await openDB(database);
  try {
    return await work(opened);
  } finally {
    opened.close();
  }
}

function deleteDatabase(database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(database);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** Keeps a write transaction of another connection going until the function it gives is called. */
async function holdWriteLock(database: string): Promise<() => Promise<void>> {
  const opened = await openDB(database);
  const transaction = opened.transaction(['records', 'state'], 'readwrite');
  let isHeld = true;
  const holding = (async () => {
    while (isHeld) await transaction.objectStore('state').get('nothing');
    await transaction.done;
    opened.close();
  })();
  await transaction.objectStore('state').get('nothing');
  return () => {
    isHeld = false;
    return holding;
  };
}
