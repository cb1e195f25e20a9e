import { nextTask } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { indexedDB } from '../src/index.js';
import { eventsOf, newName, stored, withDatabase } from './support/database.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const leave = () => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
const comeBack = () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));

describe('the life of a page', () => {
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
    const open = vi.spyOn(IDBFactory.prototype, 'open');
    leave();
    expect(await writing).toBe(1);
    // With the handle there was: another would hardly open in the time that is left.
    expect(open).not.toHaveBeenCalled();
    await tier.close();
  });

  it('lets go of the handle and the channel when it is left, and takes them up when it comes back', async () => {
    const name = newName();
    const tier = indexedDB({ name });
    const events = eventsOf(tier);
    await tier.ready();
    const close = vi.spyOn(IDBDatabase.prototype, 'close');
    const closeChannel = vi.spyOn(BroadcastChannel.prototype, 'close');
    const open = vi.spyOn(IDBFactory.prototype, 'open');
    leave();
    // Nothing is to be done, so at once: whether the page is kept is decided now.
    await nextTask();
    expect([close.mock.calls.length, closeChannel.mock.calls.length]).toEqual([1, 1]);
    expect(open).not.toHaveBeenCalled();
    comeBack();
    expect(open).toHaveBeenCalledTimes(1);
    expect(await tier.setMany([sampleEntry(1)])).toBe(1);
    expect(open).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledTimes(1);
    expect(events.errors()).toEqual([]);
    await tier.close();
  });

  it('lets go of it after what is under way, and after what comes while it is away', async () => {
    const name = newName();
    const tier = indexedDB({ name });
    const events = eventsOf(tier);
    await tier.setMany([sampleEntry(1)]);
    const close = vi.spyOn(IDBDatabase.prototype, 'close');
    const closeChannel = vi.spyOn(BroadcastChannel.prototype, 'close');
    const writing = tier.setMany([sampleEntry(2)]);
    leave();
    expect(await writing).toBe(1);
    await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(1));
    // A timer of the app's, say, in the moment before the page is frozen.
    expect(await tier.getMany([sampleKey(2)])).toEqual([sampleEntry(2)]);
    await vi.waitFor(() => expect(close.mock.calls.length).toBeGreaterThan(1));
    await vi.waitFor(() => expect(closeChannel.mock.calls.length).toBeGreaterThan(1));
    comeBack();
    expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]);
    expect(events.errors()).toEqual([]);
    await tier.close();
    expect((await stored(name)).rows).toBe(2);
  });

  it('tells other tabs of its last writes, and hears when it is back of what they did', async () => {
    const name = newName();
    const [leaving, staying] = [indexedDB({ name }), indexedDB({ name })];
    await Promise.all([leaving.setMany([sampleEntry(1)]), staying.ready()]);
    await staying.usage();
    // Both have the event, being of one page; only the one that is left has something to write.
    const writing = leaving.setMany([sampleEntry(2)]);
    leave();
    await writing;
    await staying.delete({ keys: [sampleKey(1)] });
    comeBack();
    await expect.poll(async () => (await leaving.usage()).entries).toBe(1);
    expect(leaving.peek(sampleKey(1))).toBeUndefined();
    expect(await staying.getMany([sampleKey(2)])).toEqual([sampleEntry(2)]);
    await Promise.all([leaving.close(), staying.close()]);
  });

  it('saves uses and the hot set when it is hidden', async () => {
    const name = newName();
    const first = indexedDB({ name, hotSet: 0 });
    await first.setMany([sampleEntry(1), sampleEntry(2)]);
    await first.close();
    const tier = indexedDB({ name });
    await tier.getMany([sampleKey(1)]);
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    await expect.poll(() => tier.peek(sampleKey(1)), { timeout: 1_500 }).toEqual(sampleEntry(1));
    await tier.close();
  });

  it('leaves the journal as it is when it is left: the hot set would be out of date, with no time to save another', async () => {
    const name = newName();
    const tier = indexedDB({ name, timeout: 60_000 });
    const many = Array.from({ length: 1_500 }, (_, number) => sampleEntry(number));
    for (let round = 0; round < 3; round++) await tier.setMany(many);
    const sequences = () => withDatabase(name, (database) => database.getAllKeys('journal'));
    const before = await sequences();
    leave();
    await expect.poll(() => tier.peek(sampleKey(7)), { timeout: 5_000 }).toEqual(sampleEntry(7));
    expect(before).toHaveLength(3);
    expect(await sequences()).toEqual(before);
    const next = indexedDB({ name });
    await next.ready();
    expect(next.peek(sampleKey(7))).toEqual(sampleEntry(7));
    // Closing has that time.
    await next.close();
    expect((await sequences())[0]).toBe((before[2] as number) + 1);
    await tier.close();
  }, 30_000);

  it('once closed, it neither hears of the page nor holds anything', async () => {
    const name = newName();
    const tier = indexedDB({ name });
    await tier.setMany([sampleEntry(1)]);
    await tier.close();
    const open = vi.spyOn(IDBFactory.prototype, 'open');
    leave();
    comeBack();
    await nextTask();
    expect(open).not.toHaveBeenCalled();
  });

  it('closed while it opens: what opens afterwards is closed', async () => {
    for (let round = 0; round < 20; round++) {
      const open = vi.spyOn(IDBFactory.prototype, 'open');
      const close = vi.spyOn(IDBDatabase.prototype, 'close');
      const channels = vi.spyOn(BroadcastChannel.prototype, 'close');
      const tier = indexedDB({ name: newName() });
      const events = eventsOf(tier);
      for (let turn = 0; turn < round; turn++) await nextTask();
      await tier.close();
      await expect.poll(() => close.mock.calls.length).toBe(open.mock.calls.length);
      expect(events.errors()).toEqual([]);
      expect(channels.mock.calls.length).toBeLessThanOrEqual(1);
      vi.restoreAllMocks();
    }
  });
});
