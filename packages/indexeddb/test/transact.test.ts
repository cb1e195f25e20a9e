import 'fake-indexeddb/auto';
import { PredcacheError } from '@predcache/core';
import { type IDBPDatabase, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ignore } from '../src/accounts.js';
import { Deadline } from '../src/deadline.js';
import { createStores, type Database, type Schema } from '../src/schema.js';
import { transact } from '../src/transact.js';
import { newName } from './support/database.js';

const late = () => new PredcacheError({ code: 'STORAGE_TIMEOUT', what: 'late', where: 'here', hint: 'none' });

describe('transact', () => {
  let database: Database;
  let deadline: Deadline;

  beforeEach(async () => {
    database = await openDB<Schema>(newName(), 1, { upgrade: (opened) => createStores(opened) });
    deadline = new Deadline(5_000, late);
  });
  afterEach(() => {
    deadline.clear();
    database.close();
  });

  const accounts = { entries: 1, bytes: 2, nextSequence: 3 };
  const stored = (from: IDBPDatabase<Schema>) => from.get('state', 'accounts');

  it('gives the result once it is committed', async () => {
    const result = await transact(database, deadline, ['state'], 'readwrite', async (transaction) => {
      await transaction.objectStore('state').put(accounts, 'accounts');
      return 'done';
    });
    expect(result).toBe('done');
    expect(await stored(database)).toEqual(accounts);
  });

  it('tells why it was aborted, not that the requests after it were', async () => {
    const failing = transact(database, deadline, ['state'], 'readwrite', async (transaction) => {
      const store = transaction.objectStore('state');
      store.add(accounts, 'accounts').catch(ignore);
      store.add(accounts, 'accounts').catch(ignore);
      return store.get('accounts');
    });
    await expect(failing).rejects.toMatchObject({ name: 'ConstraintError' });
    expect(await stored(database)).toBeUndefined();
  });

  it('leaves nothing of a body that throws', async () => {
    const failing = transact(database, deadline, ['state'], 'readwrite', async (transaction) => {
      await transaction.objectStore('state').put(accounts, 'accounts');
      throw new RangeError('own');
    });
    await expect(failing).rejects.toThrow('own');
    expect(await stored(database)).toBeUndefined();
  });

  it('leaves nothing of what its deadline ends', async () => {
    deadline.clear();
    deadline = new Deadline(40, late);
    const hanging = transact(database, deadline, ['state'], 'readwrite', async (transaction) => {
      const store = transaction.objectStore('state');
      await store.put(accounts, 'accounts');
      while (!deadline.isOver) await store.get('accounts');
      return new Promise(ignore);
    });
    await expect(hanging).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
    expect(await stored(database)).toBeUndefined();
  });
});
