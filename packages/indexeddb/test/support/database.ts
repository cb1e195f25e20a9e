import type { TierEvent } from '@predcache/core';
import { openDB } from 'idb';
import { expect } from 'vitest';
import type { IndexedDBTier } from '../../src/index.js';

let databases = 0;

/** A database name that no other test uses. */
export function newName(): string {
  databases++;
  return `predcache-test-${databases}-${Math.random().toString(36).slice(2)}`;
}

export interface Stored {
  readonly rows: readonly Record<string, unknown>[];
  readonly accounts: { entries: number; bytes: number; nextSequence: number } | undefined;
}

/** What is really in the database, read beside the tier. */
export async function stored(name: string): Promise<Stored> {
  // Opening would make one, without stores.
  const exists = (await indexedDB.databases()).some((database) => database.name === name);
  if (!exists) return { rows: [], accounts: undefined };
  return withDatabase(name, async (database) => {
    const transaction = database.transaction(['entries', 'state'], 'readonly');
    const [rows, accounts] = await Promise.all([
      transaction.objectStore('entries').getAll(),
      transaction.objectStore('state').get('accounts'),
    ]);
    return { rows, accounts };
  });
}

/** Writes beside the tier, as a damaged disk or another program would. */
export async function putRaw(
  name: string,
  store: 'entries' | 'state',
  value: unknown,
  key?: string,
): Promise<void> {
  await withDatabase(name, async (database) => {
    await database.put(store, value, key);
  });
}

/** The accounts kept in the database must be what counting its rows gives. */
export async function expectAccountsToBeRight(name: string): Promise<void> {
  const { rows, accounts } = await stored(name);
  const bytes = rows.reduce((sum, row) => sum + (row.size as number), 0);
  expect({ entries: accounts?.entries ?? 0, bytes: accounts?.bytes ?? 0 }).toEqual({
    entries: rows.length,
    bytes,
  });
}

type Raw = Awaited<ReturnType<typeof openDB>>;

async function withDatabase<T>(name: string, work: (database: Raw) => Promise<T>): Promise<T> {
  const database = await openDB(name);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Every event from now on, and those of one type. */
export function eventsOf(tier: IndexedDBTier) {
  const all: TierEvent[] = [];
  tier.subscribe((event) => all.push(event));
  return {
    all,
    of<Type extends TierEvent['type']>(type: Type) {
      return all.filter((event): event is Extract<TierEvent, { type: Type }> => event.type === type);
    },
    /** `operation code` of each error. */
    errors(): string[] {
      return this.of('tier-error').map(({ operation, error }) => `${operation} ${error.code}`);
    },
  };
}

/** Counts the transactions of a mode that touch entries, from now until `stop`. */
export function countTransactions() {
  const prototype = IDBDatabase.prototype;
  const { transaction } = prototype;
  const counts = { readonly: 0, readwrite: 0, durabilities: new Set<string | undefined>() };
  prototype.transaction = function (this: IDBDatabase, stores, mode = 'readonly', options) {
    const touchesEntries = [stores].flat().includes('entries');
    // Reading the accounts, for `usage`, takes both stores.
    if (touchesEntries && mode === 'readwrite') {
      counts.readwrite++;
      counts.durabilities.add(options?.durability);
    } else if (touchesEntries && [stores].flat().length === 1) counts.readonly++;
    return transaction.call(this, stores, mode, options);
  } as typeof prototype.transaction;
  return {
    counts,
    stop() {
      prototype.transaction = transaction;
    },
  };
}
