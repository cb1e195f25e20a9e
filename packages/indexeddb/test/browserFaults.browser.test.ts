import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { indexedDB } from '../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName } from './support/database.js';

interface DevTools {
  send(method: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Faults that only the browser itself can cause, asked for through its DevTools protocol. */
describe('faults of the browser', () => {
  const devTools = () => cdp() as unknown as DevTools;
  const { origin } = location;

  // Each session of the test runner has a browser context, and so a storage, of its own.
  const clear = () => devTools().send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });

  afterEach(async () => {
    await devTools().send('Storage.overrideQuotaForOrigin', { origin });
  });

  it('the quota is used up: writes are skipped with an event, look-ups, deletions and then writes go on', async () => {
    // Chromium asks for the space left now and then only, and reckons with it for a while: so afresh, and before the
    // first write.
    await clear();
    await devTools().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 500_000 });
    const name = newName();
    const tier = indexedDB({ name });
    const events = eventsOf(tier);
    expect(await tier.setMany([sampleEntry(1)])).toBe(1);
    const data = new Float32Array(500_000).map((_, index) => Math.sin(index));
    const outputs = { x: { type: 'float32' as const, dims: [500_000], data } };
    expect(await tier.setMany([sampleEntry(2, { outputs, size: 2_000_000 })])).toBe(0);
    expect(events.errors()).toEqual(['set STORAGE_FAILED']);
    expect(events.of('tier-error')[0]?.error.cause).toMatchObject({ name: 'QuotaExceededError' });
    expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([sampleEntry(1), undefined]);
    expect(await tier.delete({ keys: [sampleKey(1)] })).toBe(1);

    await devTools().send('Storage.overrideQuotaForOrigin', { origin });
    expect(await tier.setMany([sampleEntry(3)])).toBe(1);
    await expectAccountsToBeRight(name);
    await tier.close();
  });

  it('the site data is cleared under it: an event, a miss, and it starts anew', async () => {
    const name = newName();
    const tier = indexedDB({ name });
    const events = eventsOf(tier);
    await tier.setMany([sampleEntry(1), sampleEntry(2)]);
    await clear();
    await expect.poll(() => events.errors()).toEqual(['open STORAGE_FAILED']);
    expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
    expect(await tier.setMany([sampleEntry(3)])).toBe(1);
    expect(await tier.usage()).toMatchObject({ entries: 1 });
    await expectAccountsToBeRight(name);
    await tier.close();
  });
});
