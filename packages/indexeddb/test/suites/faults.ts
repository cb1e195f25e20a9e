import { bytesToHex } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName } from '../support/database.js';
import { deleteRaw, holdWriteLock, nextHandle, openRaw } from '../support/faults.js';

/** Whatever happens to the storage: a miss or a skipped write, an event, and things go on. */
export function faultsSuite(): void {
  describe('faults', () => {
    let name: string;
    let tier: IndexedDBTier;
    let events: ReturnType<typeof eventsOf>;

    beforeEach(async () => {
      name = newName();
      tier = indexedDB({ name });
      await tier.setMany([sampleEntry(1)]);
      events = eventsOf(tier);
    });

    afterEach(async () => {
      vi.restoreAllMocks();
      await tier.close();
    });

    const works = async () => {
      expect(await tier.setMany([sampleEntry(5)])).toBe(1);
      expect(await tier.getMany([sampleKey(5)])).toEqual([sampleEntry(5)]);
      await expectAccountsToBeRight(name);
    };

    it('the database is deleted under it: nobody is blocked, a miss, an event, and it starts anew', async () => {
      await deleteRaw(name);
      expect(events.errors()).toEqual(['open STORAGE_FAILED']);
      expect(events.of('tier-error')[0]?.error.what).toBe('The database is being deleted');
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      await expect.poll(() => events.of('usage').at(-1)?.usage.entries).toBe(0);
      await works();
      expect(events.errors()).toHaveLength(1);
    });

    it('a newer app in another tab upgrades: it is not blocked, and this one goes on without', async () => {
      const newer = await openRaw(name, 2);
      expect(events.errors()).toEqual(['open STORAGE_FAILED']);
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await tier.setMany([sampleEntry(2)])).toBe(0);
      expect(events.errors().slice(1)).toEqual(['open STORAGE_UNAVAILABLE', 'open STORAGE_UNAVAILABLE']);
      expect(events.of('tier-error').at(-1)?.error.what).toMatch(/^VersionError/);
      newer.close();
    });

    it.each([
      ['a look-up', async () => expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]), 'get'],
      ['a write', async () => expect(await tier.setMany([sampleEntry(2)])).toBe(1), 'set'],
      ['a deletion', async () => expect(await tier.delete({ all: true })).toBe(1), 'delete'],
      ['usage', async () => expect((await tier.usage()).entries).toBe(1), 'usage'],
    ])('the handle is dead: %s opens another and goes on, with an event', async (_, act, operation) => {
      const [handle] = await Promise.all([nextHandle(), tier.getMany([sampleKey(1)])]);
      handle.close();
      await act();
      expect(events.errors()).toEqual([`${operation} STORAGE_FAILED`]);
      expect(events.of('tier-error')[0]?.error.cause).toMatchObject({ name: 'InvalidStateError' });
      await works();
      expect(events.errors()).toHaveLength(1);
    });

    it('every handle dies at once: one try more and no further, then pauses in which it costs nothing', async () => {
      const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
        throw new DOMException('The connection is closing', 'InvalidStateError');
      });
      // The accounts are read, too, after each opening.
      const looks = () => events.errors().filter((error) => error.startsWith('get')).length;
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(looks()).toBe(2);
      await tier.getMany([sampleKey(1)]);
      await tier.getMany([sampleKey(1)]);
      const calls = transaction.mock.calls.length;
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await tier.setMany([sampleEntry(2)])).toBe(0);
      expect(transaction.mock.calls.length).toBe(calls);
      transaction.mockRestore();
      // A deletion is tried all the same, and its success ends the pause.
      expect(await tier.delete({ keys: [sampleKey(1)] })).toBe(1);
      await works();
    });

    it('a transaction aborts: nothing of it is stored, and the next one works', async () => {
      const { put } = IDBObjectStore.prototype;
      const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        value: unknown,
        key: IDBValidKey | undefined,
      ) {
        const request = put.call(this, value, key);
        if (bytesToHex(new Uint8Array(key as ArrayBuffer)) === sampleKey(3)) this.transaction.abort();
        return request;
      });
      expect(await tier.setMany([sampleEntry(2), sampleEntry(3)])).toBe(0);
      spy.mockRestore();
      expect(events.errors()).toEqual(['set STORAGE_FAILED']);
      expect(await tier.getMany([1, 2, 3].map(sampleKey))).toEqual([sampleEntry(1), undefined, undefined]);
      await works();
    });

    it('the quota is used up when the journal is written: the write is skipped, look-ups and deletions go on', async () => {
      const { put } = IDBObjectStore.prototype;
      const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...parameters
      ) {
        if (this.name === 'journal') throw new DOMException('', 'QuotaExceededError');
        return put.apply(this, parameters);
      });
      expect(await tier.setMany([sampleEntry(2)])).toBe(0);
      spy.mockRestore();
      const error = events.of('tier-error')[0]?.error;
      expect([error?.what, error?.hint]).toEqual([
        'QuotaExceededError',
        'The site has used up its storage: lower maxSize, or free space kept elsewhere',
      ]);
      expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([sampleEntry(1), undefined]);
      expect(await tier.delete({ keys: [sampleKey(1)] })).toBe(1);
      await works();
    });

    it.each([
      ['keys', { keys: [sampleKey(1), sampleKey(2)] }, 2],
      ['model', { model: sampleEntry(1).model }, 1_102],
      ['all', { all: true as const }, 1_103],
    ])(
      'not a byte is left, even for the journal: a deletion by %s works all the same',
      async (_, selector, count) => {
        const entries = Array.from({ length: 1_102 }, (_, index) => sampleEntry(index + 1));
        await tier.setMany([...entries, sampleEntry(9_000, { model: 'b'.repeat(64) })]);
        const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
          throw new DOMException('', 'QuotaExceededError');
        });
        expect(await tier.delete(selector)).toBe(count);
        expect((await tier.usage()).entries).toBe(1_103 - count);
        put.mockRestore();
        expect(events.errors()).toEqual([]);
        await works();
      },
    );

    it('a transaction of another tab does not end: everything settles in time, and works once it has', async () => {
      await tier.close();
      tier = indexedDB({ name, timeout: 300, hotSet: 0 });
      events = eventsOf(tier);
      await tier.ready();
      const release = await holdWriteLock(name);
      const settled = await Promise.all([
        tier.getMany([sampleKey(1)]),
        tier.setMany([sampleEntry(2)]),
        tier.delete({ keys: [sampleKey(1)] }),
        tier.usage(),
      ]);
      expect(settled.slice(0, 3)).toEqual([[undefined], 0, 0]);
      const errors = events.errors();
      expect(new Set(errors)).toEqual(
        new Set(['get', 'set', 'delete', 'usage'].map((it) => `${it} STORAGE_TIMEOUT`)),
      );
      await release();
      // What was given up must not come about behind our back.
      await tier.close();
      tier = indexedDB({ name });
      events = eventsOf(tier);
      expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([sampleEntry(1), undefined]);
      await works();
    });

    it('opening is blocked: time-boxed, and what opens too late is closed again', async () => {
      await tier.close();
      const blocker = await openRaw(name);
      const deleting = deleteRaw(name);
      tier = indexedDB({ name, timeout: 60 });
      events = eventsOf(tier);
      const [found, written] = await Promise.all([
        tier.getMany([sampleKey(1)]),
        tier.setMany([sampleEntry(2)]),
      ]);
      expect([found, written]).toEqual([[undefined], 0]);
      expect(events.errors()).toEqual(['open STORAGE_TIMEOUT']);

      const close = vi.spyOn(IDBDatabase.prototype, 'close');
      blocker.close();
      await deleting;
      await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(2));
      close.mockRestore();
      await tier.close();
      tier = indexedDB({ name });
      await works();
    });

    it('opening fails: one event for all that wait, then pauses without a try', async () => {
      await tier.close();
      const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
        throw new DOMException('Internal error opening backing store', 'UnknownError');
      });
      tier = indexedDB({ name });
      await Promise.all([tier.getMany([sampleKey(1)]), tier.getMany([sampleKey(2)]), tier.usage()]);
      expect(open).toHaveBeenCalledTimes(1);
      events = eventsOf(tier);
      await vi.waitFor(() => expect(events.errors()).toEqual(['open STORAGE_UNAVAILABLE']));
      expect(open).toHaveBeenCalledTimes(2);
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await tier.setMany([sampleEntry(2)])).toBe(0);
      expect(open).toHaveBeenCalledTimes(2);
      open.mockRestore();
    });

    it('storage is forbidden: said once, and never tried again', async () => {
      await tier.close();
      const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
        throw new DOMException('denied', 'SecurityError');
      });
      tier = indexedDB({ name });
      events = eventsOf(tier);
      for (let turn = 0; turn < 3; turn++) {
        expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
        expect(await tier.delete({ all: true })).toBe(0);
      }
      expect(events.errors()).toEqual(['open STORAGE_UNAVAILABLE']);
      expect(open).toHaveBeenCalledTimes(1);
    });

    it('another database of that name: misses, with a way out in the event', async () => {
      const foreign = newName();
      const database = await openRaw(foreign);
      database.close();
      const other = indexedDB({ name: foreign });
      const heard = eventsOf(other);
      expect(await other.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(heard.errors()).toEqual(['open STORAGE_UNAVAILABLE']);
      expect(heard.of('tier-error')[0]?.error.hint).toBe('Set the name option to another name');
      await other.close();
    });
  });
}
