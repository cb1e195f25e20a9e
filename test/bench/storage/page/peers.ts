import type { Entry } from '@predcache/core';
import { Dexie } from 'dexie';
import { createStore, get, getMany, setMany } from 'idb-keyval';
import localforage from 'localforage';
import { dataOf } from './entries.js';

/** What apps keep things with instead, each as its documentation tells to, with the keys and values that the tier gets. */
export function openPeers(name: string) {
  const keyval = createStore(`${name}-keyval`, 'rows');
  const dexie = new Dexie(`${name}-dexie`);
  dexie.version(1).stores({ rows: '' });
  const table = dexie.table<Entry, string>('rows');
  const forage = localforage.createInstance({
    name: `${name}-localforage`,
    storeName: 'rows',
    driver: localforage.INDEXEDDB,
  });
  const cache = caches.open(`${name}-cache`);
  return {
    idbKeyval: {
      get: (key: string) => get<Entry>(key, keyval),
      getAll: (keys: string[]) => getMany<Entry>(keys, keyval),
      putAll: (entries: Entry[]) =>
        setMany(
          entries.map((entry) => [entry.key, entry]),
          keyval,
        ),
    },
    dexie: {
      get: (key: string) => table.get(key),
      getAll: (keys: string[]) => table.bulkGet(keys),
      putAll: (entries: Entry[]) =>
        table.bulkPut(
          entries,
          entries.map(({ key }) => key),
        ),
    },
    localforage: {
      get: (key: string) => forage.getItem<Entry>(key),
      putAll: (entries: Entry[]) => Promise.all(entries.map((entry) => forage.setItem(entry.key, entry))),
    },
    /** The numbers alone: what would have to be told of an entry beside them had to go into headers. */
    cacheApi: {
      get: async (key: string) => (await (await cache).match(urlOf(key)))?.arrayBuffer(),
      putAll: async (entries: Entry[]) => {
        const opened = await cache;
        await Promise.all(entries.map((entry) => opened.put(urlOf(entry.key), new Response(dataOf(entry)))));
      },
    },
  };
}

function urlOf(key: string): string {
  return `/predictions/${key}`;
}
