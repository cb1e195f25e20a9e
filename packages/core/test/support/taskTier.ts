import { memory, nextTask, type Tier } from '@predcache/core';

/** A tier that takes a task for everything, as one on disk does. It has what a memory tier has, but for `peek`. */
export function taskTier(changes: Partial<Tier> = {}): Tier {
  const kept = memory();
  return {
    name: 'indexeddb',
    subscribe: (listener) => kept.subscribe(listener),
    async getMany(keys, model) {
      await nextTask();
      return kept.getMany(keys, model);
    },
    async setMany(entries) {
      await nextTask();
      return kept.setMany(entries);
    },
    async delete(selector) {
      await nextTask();
      return kept.delete(selector);
    },
    usage: async () => kept.usage(),
    close: async () => kept.close(),
    ...changes,
  };
}
