import type { Tier } from '@predcache/core';
import { type IndexedDBOptions, indexedDB } from '@predcache/indexeddb';
import { absentKeyOf, entriesFrom, keysFrom, modelDigest } from './entries.js';

/** A tier that may tell when it has in memory what it keeps there. */
export type OpenTier = Tier & { ready?(): Promise<void> };

/** Opens a tier as a predictor does: its listener makes it open the database. No measurement survives an error of it. */
export function openTier(options: IndexedDBOptions): OpenTier {
  const tier = indexedDB(options);
  tier.subscribe((event) => {
    if (event.type === 'tier-error') throw event.error;
  });
  return tier;
}

/** Settles when an open tier has in memory what it keeps there, and knows its keys if it ever will. */
export async function whenReady(tier: OpenTier): Promise<void> {
  await tier.ready?.();
  await tier.usage();
  for (let number = 0; number < 200; number++) await tier.getMany([absentKeyOf(number)], modelDigest);
}

/** Stores the entries of the numbers from `first` on, by the thousand. */
export async function fill(tier: OpenTier, first: number, count: number, classes?: number): Promise<void> {
  for (let from = 0; from < count; from += 1000) {
    const entries = entriesFrom(first + from, Math.min(1000, count - from), classes);
    const stored = await tier.setMany(entries);
    if (stored !== entries.length) throw new Error(`${stored} of ${entries.length} entries were stored`);
  }
}

/** A session that fills a tier, uses all there is in it once, and ends as it should. */
export async function fillSession(options: IndexedDBOptions, count: number, classes?: number): Promise<void> {
  const tier = openTier(options);
  await fill(tier, 0, count, classes);
  for (let from = 0; from < count; from += 1000) {
    const found = await tier.getMany(keysFrom(from, Math.min(1000, count - from)), modelDigest);
    if (found.includes(undefined)) throw new Error('An entry that was stored is not found');
  }
  await tier.close();
}
