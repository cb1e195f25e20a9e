import { PredcacheError } from '@predcache/core';
import { openDB, unwrap } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarm } from '../../src/alarm.js';
import { Deadline } from '../../src/deadline.js';
import { readRows } from '../../src/readRows.js';
import type { RowKey } from '../../src/rowKey.js';
import { createStores, type Database, type Schema } from '../../src/schema.js';
import { newName } from '../support/database.js';

const late = () => new PredcacheError({ code: 'STORAGE_TIMEOUT', what: 'late', where: 'here', hint: 'none' });

const keyOf = (number: number): RowKey => new Uint32Array(8).fill(number);

export function readRowsSuite(): void {
  describe('readRows', () => {
    let database: Database;
    let deadline: Deadline;

    beforeEach(async () => {
      database = await openDB<Schema>(newName(), 1, { upgrade: (opened) => createStores(opened) });
      deadline = new Deadline(new Alarm(), 60_000, late);
      for (const number of [1, 2, 3]) await database.put('rows', Uint8Array.of(number), keyOf(number).buffer);
    });
    afterEach(() => {
      vi.restoreAllMocks();
      deadline.clear();
      database.close();
    });

    const read = (...numbers: number[]) => readRows(database, deadline, numbers.map(keyOf));

    /** Does something with the transaction as soon as it has been asked for the row of a number. */
    const whenAskedFor = (number: number, act: (transaction: IDBTransaction) => void) => {
      const { get } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (this: IDBObjectStore, key) {
        const request = get.call(this, key);
        if (new Uint32Array(key as ArrayBuffer)[0] === number) act(this.transaction);
        return request;
      });
    };

    it('gives what is stored under each key, in their order', async () => {
      expect(await read(3, 1, 7, 3)).toEqual([
        Uint8Array.of(3),
        Uint8Array.of(1),
        undefined,
        Uint8Array.of(3),
      ]);
    });

    it('fails when the transaction is aborted while it reads', async () => {
      whenAskedFor(2, (transaction) => transaction.abort());
      await expect(read(1, 2)).rejects.toMatchObject({ name: 'AbortError' });
    });

    it('fails with why the transaction was aborted, where that is known', async () => {
      const own = new DOMException('The disk is broken', 'UnknownError');
      whenAskedFor(1, (transaction) => {
        // No request of ours can be made to fail for real.
        Object.defineProperty(transaction, 'error', { value: own });
        transaction.abort();
      });
      await expect(read(1)).rejects.toBe(own);
    });

    it('fails at once with a handle that is dead', async () => {
      unwrap(database).close();
      await expect(read(1)).rejects.toMatchObject({ name: 'InvalidStateError' });
    });

    it('is ended by its deadline, and takes back its transaction', async () => {
      deadline.clear();
      deadline = new Deadline(new Alarm(), 40, late);
      const writing = unwrap(database).transaction('rows', 'readwrite');
      let isHeld = true;
      const hold = () => {
        if (isHeld) writing.objectStore('rows').get(keyOf(1).buffer).onsuccess = hold;
      };
      hold();
      const aborted = new Promise((resolve) => {
        unwrap(database).onabort = ({ target }) => resolve((target as IDBTransaction).mode);
      });
      await expect(read(1)).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
      isHeld = false;
      expect(await aborted).toBe('readonly');
    });
  });
}
