import 'fake-indexeddb/auto';
import { PredcacheError } from '@predcache/core';
import { type IDBPDatabase, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Alarm } from '../src/alarm.js';
import { Deadline } from '../src/deadline.js';
import { ignore } from '../src/ignore.js';
import { createStores, type Database, type Schema } from '../src/schema.js';
import { writing } from '../src/transact.js';
import { newName } from './support/database.js';

const late = () => new PredcacheError({ code: 'STORAGE_TIMEOUT', what: 'late', where: 'here', hint: 'none' });

describe('writing', () => {
  let database: Database;
  let deadline: Deadline;

  beforeEach(async () => {
    database = await openDB<Schema>(newName(), 1, { upgrade: (opened) => createStores(opened) });
    deadline = new Deadline(new Alarm(), 5_000, late);
  });
  afterEach(() => {
    deadline.clear();
    database.close();
  });

  const name = 'a canary';
  const stored = (from: IDBPDatabase<Schema>) => from.get('state', 'canary');

  it('gives the result once it is committed', async () => {
    const result = await writing({ database, deadline, stores: ['state'] }, async (transaction) => {
      await transaction.objectStore('state').put(name, 'canary');
      return 'done';
    });
    expect(result).toBe('done');
    expect(await stored(database)).toBe(name);
  });

  it('tells why it was aborted, not that the requests after it were', async () => {
    const failing = writing({ database, deadline, stores: ['state'] }, async (transaction) => {
      const store = transaction.objectStore('state');
      store.add(name, 'canary').catch(ignore);
      store.add(name, 'canary').catch(ignore);
      return store.get('canary');
    });
    await expect(failing).rejects.toMatchObject({ name: 'ConstraintError' });
    expect(await stored(database)).toBeUndefined();
  });

  it('leaves nothing of a body that throws', async () => {
    const failing = writing({ database, deadline, stores: ['state'] }, async (transaction) => {
      await transaction.objectStore('state').put(name, 'canary');
      throw new RangeError('own');
    });
    await expect(failing).rejects.toThrow('own');
    expect(await stored(database)).toBeUndefined();
  });

  it('leaves nothing of what its deadline ends', async () => {
    deadline.clear();
    deadline = new Deadline(new Alarm(), 40, late);
    const hanging = writing({ database, deadline, stores: ['state'] }, async (transaction) => {
      const store = transaction.objectStore('state');
      await store.put(name, 'canary');
      while (!deadline.isOver) await store.get('canary');
      return new Promise(ignore);
    });
    await expect(hanging).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
    expect(await stored(database)).toBeUndefined();
  });
});
