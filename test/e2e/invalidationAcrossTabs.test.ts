import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import type { SharingTab } from './pages/sharedTier.js';

let pages: BuiltPages;
let profile: Profile;

beforeAll(async () => {
  pages = await servePages(['sharedTier.html']);
  profile = await openProfile();
});
afterAll(async () => {
  await profile?.close();
  await pages?.close();
});

/** A tab of its own, with what it offers. */
async function openTab() {
  const page: Page = await profile.context.newPage();
  await page.goto(`${pages.url}sharedTier.html`);
  await page.waitForFunction(() => 'tab' in window);
  const call = <Name extends keyof SharingTab>(
    name: Name,
    ...args: Parameters<SharingTab[Name]>
  ): Promise<Awaited<ReturnType<SharingTab[Name]>>> =>
    page.evaluate(
      async ([name, args]) =>
        (window as unknown as { tab: Record<string, (...args: unknown[]) => unknown> }).tab[name]!(...args),
      [name, args] as const,
    ) as Promise<Awaited<ReturnType<SharingTab[Name]>>>;
  await call('ready');
  return { call, close: () => page.close() };
}

describe('an invalidation in one tab, a computation that began before it in another', () => {
  it('whichever is committed first, nothing of it is stored, and both tabs hear of it', async () => {
    const [computing, deleting] = [await openTab(), await openTab()];
    const rounds = 30;
    let stored = 0;
    for (let round = 0; round < rounds; round++) {
      const tag = `round ${round}`;
      const since = await computing.call('mark');
      let count: number;
      if (round % 3 === 0) {
        count = await computing.call('store', round, tag, since);
        await deleting.call('invalidate', tag);
      } else if (round % 3 === 1) {
        await deleting.call('invalidate', tag);
        count = await computing.call('store', round, tag, since);
        expect(count).toBe(0);
      } else {
        // At once: the browser decides.
        [count] = await Promise.all([
          computing.call('store', round, tag, since),
          deleting.call('invalidate', tag),
        ]);
      }
      stored += count;
      expect([await computing.call('has', round), await deleting.call('has', round)]).toEqual([false, false]);
    }
    expect(stored).toBeGreaterThanOrEqual(rounds / 3);
    const all = Array.from({ length: rounds }, (_, round) => `round ${round}`);
    for (const tab of [computing, deleting])
      await expect.poll(() => tab.call('heard'), { timeout: 5_000 }).toEqual(all);
    // What begins now is stored, and found in the other tab.
    expect(await computing.call('store', 1, 'round 1', await computing.call('mark'))).toBe(1);
    await expect.poll(() => deleting.call('has', 1), { timeout: 5_000 }).toBe(true);
    await Promise.all([computing.close(), deleting.close()]);
  });

  it('a tab that is loaded anew keeps out what began before, and stores the rest', async () => {
    const [before, deleting] = [await openTab(), await openTab()];
    const since = await before.call('mark');
    await before.close();
    await deleting.call('invalidate', 'reloaded');
    const after = await openTab();
    expect(await after.call('store', 101, 'reloaded', since)).toBe(0);
    expect(await after.call('store', 102, 'another', since)).toBe(1);
    expect(await deleting.call('has', 101)).toBe(false);
    await Promise.all([after.close(), deleting.close()]);
  });
});
