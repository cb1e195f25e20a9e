import type { Engine, Entry, Tier } from '@predcache/core';

/** A slower tier that keeps entries in a Map, with some of its methods replaced. */
export function mapTier(changes: Partial<Tier> = {}, store = new Map<string, Entry>()): Tier {
  return {
    name: 'indexeddb',
    subscribe: () => () => {},
    getMany: async (keys) => keys.map((key) => store.get(key)),
    setMany: async (entries) => {
      for (const entry of entries) store.set(entry.key, entry);
      return entries.length;
    },
    delete: async () => {
      store.clear();
      return 0;
    },
    usage: async () => ({ entries: store.size, bytes: 0 }),
    close: async () => {},
    ...changes,
  };
}

/** An engine that does what a test says. */
export function engineOf(run: Engine['run'], changes: Partial<Engine> = {}): Engine {
  return {
    name: 'test',
    concurrency: 1,
    maxBatchSize: 1,
    availability: async () => ({ state: 'available' }),
    load: async () => {},
    dispose: async () => {},
    run,
    ...changes,
  };
}
