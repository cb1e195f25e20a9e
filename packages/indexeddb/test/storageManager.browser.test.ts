import { sampleEntry } from '@predcache/core/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { indexedDB, requestPersistence } from '../src/index.js';
import { newName } from './support/database.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("tells the browser's estimate beside the tier's own count", async () => {
  const tier = indexedDB({ name: newName() });
  await tier.setMany([sampleEntry(1)]);
  const { entries, bytes, estimate } = await tier.usage();
  expect([entries, bytes]).toEqual([1, sampleEntry(1).size]);
  expect(estimate!.quota).toBeGreaterThan(1e6);
  expect(estimate!.usage).toBeGreaterThanOrEqual(0);
  expect(estimate!.isPersisted).toBe(await navigator.storage.persisted());
  await tier.close();
});

it('asks the browser to keep the storage, and says what it answered', async () => {
  expect(await requestPersistence()).toBe(await navigator.storage.persisted());
  const persist = vi.spyOn(StorageManager.prototype, 'persist').mockResolvedValue(true);
  expect(await requestPersistence()).toBe(true);
  persist.mockRejectedValue(new TypeError('not here'));
  expect(await requestPersistence()).toBe(false);
});

it('does without a storage manager, as in WebKitGTK', async () => {
  vi.stubGlobal('navigator', { locks: navigator.locks });
  vi.stubGlobal('scheduler', undefined);
  vi.stubGlobal('requestIdleCallback', undefined);
  expect(await requestPersistence()).toBe(false);
  const tier = indexedDB({ name: newName() });
  expect(await tier.setMany([sampleEntry(1)])).toBe(1);
  expect(await tier.usage()).not.toHaveProperty('estimate');
  await tier.close();
});
