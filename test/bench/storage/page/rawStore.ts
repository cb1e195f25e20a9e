import type { Entry } from '@predcache/core';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { entriesFrom } from './entries.js';

interface RawSchema extends DBSchema {
  rows: { key: string; value: Entry };
}

export type RawStore = IDBPDatabase<RawSchema>;

/** The least that keeps entries in IndexedDB: bare `idb`, one store, the entries as they are. */
export function openRaw(name: string): Promise<RawStore> {
  return openDB<RawSchema>(name, 1, { upgrade: (database) => void database.createObjectStore('rows') });
}

/** One transaction for all; settles once it is committed. */
export async function putAll(raw: RawStore, entries: readonly Entry[]): Promise<void> {
  const transaction = raw.transaction('rows', 'readwrite', { durability: 'relaxed' });
  for (const entry of entries) void transaction.store.put(entry, entry.key);
  await transaction.done;
}

/** One transaction for all. */
export function getAll(raw: RawStore, keys: readonly string[]): Promise<(Entry | undefined)[]> {
  const { store } = raw.transaction('rows');
  return Promise.all(keys.map((key) => store.get(key)));
}

export async function fillRaw(name: string, count: number, classes?: number): Promise<void> {
  const raw = await openRaw(name);
  for (let from = 0; from < count; from += 1000) {
    await putAll(raw, entriesFrom(from, Math.min(1000, count - from), classes));
  }
  raw.close();
}
