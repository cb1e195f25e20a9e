import type { Selector, TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { indexedDB as openTier } from '@predcache/indexeddb';

const tier = openTier();
const heard: Selector[] = [];
tier.subscribe((event: TierEvent) => event.type === 'invalidated' && heard.push(event.selector));

const { model } = sampleEntry(1);

/** What one tab does with the tier that all of them share. */
const offered = {
  async ready(): Promise<void> {
    await tier.ready();
  },

  /** A computation begins. */
  mark: () => tier.mark(),

  /** It has ended: how many were stored. */
  store: (number: number, tag: string, since: number) =>
    tier.setMany([sampleEntry(number, { tags: [tag] })], { since }),

  invalidate: (tag: string) => tier.delete({ model, tags: [tag] }),

  async has(number: number): Promise<boolean> {
    const [entry] = await tier.getMany([sampleKey(number)]);
    return entry !== undefined;
  },

  /** The tags that were invalidated, by whichever tab. */
  heard: () => heard.flatMap((selector) => ('tags' in selector ? selector.tags : [])),
};

export type SharingTab = typeof offered;
Object.assign(window, { tab: offered });
