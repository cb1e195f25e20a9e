import type { TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { indexedDB } from '../src/index.js';

describe('where there is no IndexedDB', () => {
  it('always misses, and says so once', async () => {
    expect(globalThis.indexedDB).toBeUndefined();
    const tier = indexedDB();
    const events: TierEvent[] = [];
    tier.subscribe((event) => events.push(event));
    await Promise.resolve();
    // On a server, being made and listened to is no news.
    expect(events).toEqual([]);

    const [stored, found, removed] = await Promise.all([
      tier.setMany([sampleEntry(1), sampleEntry(2)]),
      tier.getMany([sampleKey(1), sampleKey(3)]),
      tier.delete({ all: true }),
    ]);
    expect([stored, removed]).toEqual([0, 0]);
    // Called while the write was: it may or may not have been seen to fail.
    expect(found[1]).toBeUndefined();
    expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
    expect(await tier.usage()).toEqual({ entries: 0, bytes: 0, maxSize: 64e6 });
    await tier.close();
    await tier.close();

    // What is called here is told to whoever listens here, storage or not.
    expect(events.map(({ type }) => type).sort()).toEqual(['invalidated', 'tier-error']);
    const [failure] = events.filter(({ type }) => type === 'tier-error');
    expect(failure).toMatchObject({ type: 'tier-error', tier: 'indexeddb', operation: 'open' });
    const { error } = failure as Extract<TierEvent, { type: 'tier-error' }>;
    expect([error.code, error.where]).toEqual([
      'STORAGE_UNAVAILABLE',
      'IndexedDB database "predcache.3", open',
    ]);
  });
});
