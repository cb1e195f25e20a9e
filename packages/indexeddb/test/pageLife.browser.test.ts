import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { indexedDB } from '../src/index.js';
import { newName } from './support/database.js';

afterEach(() => void vi.useRealTimers());

it('writes what it has gathered when the page is left', async () => {
  // No timer ever fires: only leaving the page can make it write.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const tier = indexedDB({ name: newName(), gatherTime: 1_000 });
  await tier.setMany([sampleEntry(1)]);
  await tier.getMany([sampleKey(1)]);
  const timers = vi.getTimerCount();
  const writing = tier.setMany([sampleEntry(2)]);
  await tier.getMany([sampleKey(1)]);
  expect(vi.getTimerCount()).toBe(timers + 1);
  window.dispatchEvent(new Event('pagehide'));
  expect(await writing).toBe(1);
  await tier.close();
});
