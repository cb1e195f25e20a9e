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

  /** One that takes so many bytes, which nothing can compress. */
  const bulky = (number: number, size: number) => {
    const data = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
    const bytes = new Uint8Array(size).map((_, at) => data[at % data.length]! ^ (at >> 16));
    return sampleEntry(number, { outputs: { x: { type: 'uint8', dims: [size], data: bytes } }, size });
  };

  it('the quota is used up: the oldest make room, a write is tried once more, and is stored', async () => {
    await clear();
    await devTools().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    const name = newName();
    const tier = indexedDB({ name, hotSet: 0 });
    const events = eventsOf(tier);
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    for (const number of numbers) {
      expect(await tier.setMany([bulky(number, 40_000)])).toBe(1);
      // The first is asked for again and again, and stays.
      const found = await tier.getMany([0, number].map(sampleKey));
      expect(found.map((entry) => entry?.key)).toEqual([0, number].map(sampleKey));
    }
    const gone = events.of('evicted').map(({ key }) => Number.parseInt(key, 16));
    expect(gone.length).toBeGreaterThan(15);
    expect(gone).toEqual(numbers.slice(1, gone.length + 1));
    expect((await tier.usage()).entries).toBe(40 - gone.length);
    expect(40 - gone.length).toBeGreaterThan(15);
    // Room for one that takes as much as three others is made at once.
    expect(await tier.setMany([bulky(50, 120_000)])).toBe(1);
    expect(events.errors()).toEqual([]);
    await tier.close();
    await expectAccountsToBeRight(name);
  });

  it('the quota is used up by what will never fit: it is skipped, most of the rest stays, look-ups go on', async () => {
    await clear();
    await devTools().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    const name = newName();
    const tier = indexedDB({ name, hotSet: 0 });
    const events = eventsOf(tier);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await tier.setMany(numbers.map((number) => bulky(number, 40_000)));
    const tooLarge = bulky(99, 2_000_000);
    for (let turn = 0; turn < 10; turn++) expect(await tier.setMany([tooLarge])).toBe(0);
    // After the second there are pauses without a try.
    const tries = events.errors();
    expect(new Set(tries)).toEqual(new Set(['set STORAGE_FAILED']));
    expect([2, 3, 4]).toContain(tries.length);
    // A tenth for the first try, none for the others.
    const gone = events.of('evicted').map(({ key }) => key);
    expect(gone).toEqual(numbers.slice(0, 2).map(sampleKey));
    const found = await tier.getMany(numbers.map(sampleKey));
    expect(found.map((entry) => entry !== undefined)).toEqual(numbers.map((number) => number >= gone.length));
    await tier.close();
    await expectAccountsToBeRight(name);
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
