import type { Entry, Tier } from '@predcache/core';
import type { PartialPack } from './partialPack.js';

/**
 * A pack in the making as a tier: what the pipeline would store is what the pack gets, and what the pack has is not
 * computed again. Unlike other tiers it lets errors through: a pack that cannot be written is no use going on with.
 * Nothing is ever deleted from it, and closing it leaves the file to its owner.
 */
export function packTier(pack: PartialPack): Tier {
  let isClosed = false;
  const get = (key: string): Entry | undefined => (isClosed ? undefined : pack.get(key));
  return {
    name: 'shared',
    peeksEverything: true,
    subscribe: () => () => undefined,
    peek: get,
    getMany: (keys) => keys.map(get),
    setMany: (entries) => {
      if (isClosed) return 0;
      for (const entry of entries) pack.add(entry);
      return entries.length;
    },
    delete: () => 0,
    usage: () => ({ entries: pack.entries, bytes: pack.size }),
    close: () => {
      isClosed = true;
    },
  };
}
