import 'fake-indexeddb/auto';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { forceCloseDatabase } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import { indexedDB } from '../src/index.js';
import { eventsOf, newName } from './support/database.js';
import { nextHandle } from './support/faults.js';

it('the browser closes the connection: an event, and the next look-up opens another', async () => {
  const tier = indexedDB({ name: newName() });
  const events = eventsOf(tier);
  const [handle] = await Promise.all([nextHandle(), tier.setMany([sampleEntry(1)])]);
  forceCloseDatabase(handle as unknown as Parameters<typeof forceCloseDatabase>[0]);
  await expect.poll(() => events.errors()).toEqual(['open STORAGE_FAILED']);
  expect(events.of('tier-error')[0]?.error.what).toBe('The browser closed the connection');
  expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]);
  expect(events.errors()).toHaveLength(1);
  await tier.close();
});
