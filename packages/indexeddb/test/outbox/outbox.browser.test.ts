import { Outbox, type OutboxOptions } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBOutbox, indexedDBOutbox } from '../../src/index.js';
import { newName } from '../support/database.js';
import { outboxSuite } from './suite.js';

outboxSuite();

describe('an outbox in a page', () => {
  let name: string;
  let isDown: boolean;
  let taken: number[];
  let calls: number;
  const opened: Outbox[] = [];

  const open = (options: Partial<OutboxOptions> = {}): { outbox: Outbox; store: IndexedDBOutbox } => {
    const store = indexedDBOutbox({ name });
    const outbox = new Outbox({
      store,
      // Nothing of what is tested here may come of a timer.
      startPause: 1e6,
      interval: 1e6,
      origin: {
        write: async (writes) => {
          calls++;
          if (isDown) throw new Error('down');
          taken.push(...writes.map(({ entry }) => entry.outputs as number));
        },
      },
      ...options,
    });
    opened.push(outbox);
    return { outbox, store };
  };
  const write = (number: number) => sampleEntry(1, { outputs: number });

  beforeEach(() => {
    name = newName();
    isDown = false;
    taken = [];
    calls = 0;
    // A minute's pause after a failure.
    vi.spyOn(Math, 'random').mockReturnValue(60);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
  });

  it.each<[string, () => unknown]>([
    ['the network comes back', () => globalThis.dispatchEvent(new Event('online'))],
    ['the page is left', () => globalThis.dispatchEvent(new PageTransitionEvent('pagehide'))],
    [
      'the page is shown again',
      () => globalThis.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    ],
    [
      'the page is hidden',
      () => {
        vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
        document.dispatchEvent(new Event('visibilitychange'));
      },
    ],
  ])('tries again at once when %s', async (_, happen) => {
    const { outbox } = open();
    isDown = true;
    await outbox.put(write(1));
    await expect.poll(() => calls).toBe(1);
    isDown = false;
    happen();
    await expect.poll(() => taken).toEqual([1]);
  });

  it('no longer hears of the page once disposed of', async () => {
    const { outbox } = open();
    isDown = true;
    await outbox.put(write(1));
    await expect.poll(() => calls).toBe(1);
    await outbox.dispose();
    globalThis.dispatchEvent(new Event('online'));
    const { outbox: other } = open();
    isDown = false;
    await other.flush();
    expect([calls, taken]).toEqual([2, [1]]);
  });

  it('one tab delivers at a time: two deliver everything once, in order', async () => {
    let working = 0;
    let most = 0;
    const origin = {
      write: async (writes: readonly { entry: { outputs: unknown } }[]) => {
        most = Math.max(most, ++working);
        await new Promise((resolve) => setTimeout(resolve, 5));
        taken.push(...writes.map(({ entry }) => entry.outputs as number));
        working--;
      },
    };
    const tabs = [open({ origin }).outbox, open({ origin }).outbox];
    for (let number = 0; number < 40; number++) await tabs[number % 2]!.put(write(number));
    await Promise.all(tabs.map((tab) => tab.flush()));
    expect(taken).toEqual(Array.from({ length: 40 }, (_, number) => number));
    expect(most).toBe(1);
  });

  it('a tab that holds the lock for ever stops neither put nor flush, and its end lets others deliver', async () => {
    const { outbox, store } = open({ timeout: 50 });
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await new Promise<void>((resolve) => {
      void navigator.locks.request(`predcache:outbox:${store.name}`, () => {
        resolve();
        return held;
      });
    });
    await outbox.put(write(1));
    expect(await outbox.flush()).toEqual({ delivered: 0, left: 1 });
    letGo();
    expect(await outbox.flush()).toEqual({ delivered: 1, left: 0 });
  });

  it('reports that the browser has emptied it since the last session', async () => {
    const first = open();
    isDown = true;
    await first.outbox.put(write(1));
    // Named by then.
    const canary = `predcache canary ${first.store.name}`;
    await expect.poll(() => localStorage.getItem(canary)).not.toBeNull();
    await first.outbox.dispose();
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(first.store.name);
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    const { outbox } = open();
    const events: string[] = [];
    outbox.subscribe(({ type }) => events.push(type));
    expect(await outbox.flush()).toEqual({ delivered: 0, left: 0 });
    await expect.poll(() => events).toContain('outbox-lost');
  });

  it('has the browser begin a new log for what waits longer, once, and not for what is delivered', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const renewals = () =>
      transaction.mock.calls.filter(([stores]) => [stores].flat().includes('padding')).length;
    const { outbox, store } = open();
    for (const number of [1, 2, 3]) {
      await outbox.put(write(number));
      await outbox.flush();
    }
    expect(renewals()).toBe(0);
    isDown = true;
    await outbox.put(write(4));
    await outbox.flush();
    await outbox.flush();
    // Five parts of it, and the removal.
    await expect.poll(renewals).toBe(6);
    await outbox.flush();
    expect(renewals()).toBe(6);
    transaction.mockRestore();
    const raw = await openDB(store.name);
    await expect.poll(() => raw.count('padding')).toBe(0);
    raw.close();
    isDown = false;
    expect((await outbox.flush()).left).toBe(0);
  });

  it('works where Web Locks are refused', async () => {
    vi.spyOn(navigator.locks, 'request').mockRejectedValue(new DOMException('no', 'SecurityError'));
    const { outbox } = open();
    await outbox.put(write(1));
    await expect.poll(() => taken).toEqual([1]);
  });
});
