import { decodeEntry, type Entry, type TierEvent } from '@predcache/core';
import { openDB } from 'idb';
import { expect } from 'vitest';
import { type IndexedDBTier, indexedDB as openTier } from '../../src/index.js';
import { rowBody } from '../../src/row.js';
import { rowKeyOf } from '../../src/rowKey.js';
import { databaseName } from '../../src/schema.js';

let databases = 0;

/** A database name that no other test uses. */
export function newName(): string {
  databases++;
  return `predcache-test-${databases}-${Math.random().toString(36).slice(2)}`;
}

/** What is really in the database, read beside the tier: the entries of rows that can be read, and the number of rows. */
export interface Stored {
  readonly entries: readonly Entry[];
  readonly rows: number;
}

export async function stored(name: string): Promise<Stored> {
  // Opening would make one, without stores.
  const exists = (await indexedDB.databases()).some((database) => database.name === databaseName(name));
  if (!exists) return { entries: [], rows: 0 };
  return withDatabase(name, async (database) => {
    const rows: Uint8Array[] = await database.getAll('rows');
    const readings = rows.map((row) => decodeEntry(rowBody(row)));
    return {
      entries: readings.flatMap((reading) => (reading.kind === 'entry' ? [reading.entry] : [])),
      rows: rows.length,
    };
  });
}

/** The bytes stored for an entry's key. */
export async function storedRow(name: string, key: string): Promise<Uint8Array | undefined> {
  return withDatabase(name, (database) => database.get('rows', rowKeyOf(key).buffer));
}

/** Writes a row beside the tier, as a damaged disk or another program would. */
export async function putRow(name: string, key: string, value: unknown): Promise<void> {
  await withDatabase(name, (database) => database.put('rows', value, rowKeyOf(key).buffer));
}

/** Does anything beside the tier. */
export async function withDatabase<T>(name: string, work: (database: Raw) => Promise<T>): Promise<T> {
  const database = await openDB(databaseName(name));
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** What a tier that opens the database now counts must be what counting its rows gives, and no row be unknown to it. */
export async function expectAccountsToBeRight(name: string): Promise<void> {
  const { entries, rows } = await stored(name);
  const tier = openTier({ name });
  const events = eventsOf(tier);
  const usage = await tier.usage();
  const found = await tier.getMany(entries.map(({ key }) => key));
  await tier.close();
  expect({ entries: usage.entries, bytes: usage.bytes }).toEqual({
    entries: rows,
    bytes: entries.reduce((sum, { size }) => sum + Math.ceil(size), 0),
  });
  expect(found).toEqual(entries);
  expect(events.of('storage-lost')).toEqual([]);
}

type Raw = Awaited<ReturnType<typeof openDB>>;

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
    const touchesRows = [stores].flat().includes('rows');
    // Reading the journal takes other stores as well.
    if (touchesRows && mode === 'readwrite') {
      counts.readwrite++;
      counts.durabilities.add(options?.durability);
    } else if (touchesRows && [stores].flat().length === 1) counts.readonly++;
    return transaction.call(this, stores, mode, options);
  } as typeof prototype.transaction;
  return {
    counts,
    stop() {
      prototype.transaction = transaction;
    },
  };
}

/** Puts anything anywhere beside the tier. */
export function putRaw(name: string, store: string, key: IDBValidKey, value: unknown): Promise<IDBValidKey> {
  return withDatabase(name, (database) => database.put(store, value, key));
}

/** Everything in the database, as bytes one after the other, keys included. */
export async function everyByte(name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const add = (value: unknown) => {
    if (value instanceof Uint8Array) parts.push(value);
    else if (value instanceof ArrayBuffer) parts.push(new Uint8Array(value));
    else parts.push(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
  };
  await withDatabase(name, async (database) => {
    for (const store of database.objectStoreNames) {
      for (const key of await database.getAllKeys(store)) add(key);
      for (const value of await database.getAll(store)) add(value);
    }
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whether some bytes are found within others. */
export function holds(bytes: Uint8Array, sought: Uint8Array): boolean {
  for (let at = bytes.indexOf(sought[0]!); at >= 0; at = bytes.indexOf(sought[0]!, at + 1)) {
    if (sought.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
