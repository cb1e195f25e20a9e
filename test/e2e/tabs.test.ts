import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import type { TabsPage } from './pages/tabs.js';

let pages: BuiltPages;
let profile: Profile;
let tabs: Page[];

beforeAll(async () => {
  pages = await servePages(['tabs.html', 'elsewhere.html']);
});
afterAll(async () => {
  await pages?.close();
});
beforeEach(async () => {
  profile = await openProfile({ keepsPages: true });
  tabs = await Promise.all([openTab(), openTab(), openTab()]);
});
afterEach(async () => {
  await profile?.close();
});

async function openTab(): Promise<Page> {
  const page = await profile.context.newPage();
  await page.goto(`${pages.url}tabs.html`);
  await page.waitForFunction(() => 'tabsPage' in window);
  return page;
}

/** Calls a function of the page's. */
function tell<Name extends keyof TabsPage>(
  page: Page,
  name: Name,
  ...given: TabsPage[Name] extends (...given: infer Given) => unknown ? Given : never
): Promise<TabsPage[Name] extends (...given: never[]) => infer Result ? Awaited<Result> : never> {
  return page.evaluate(
    ([name, given]) =>
      // biome-ignore lint/suspicious/noExplicitAny: the types are those of this function
      ((window as any).tabsPage[name] as (...given: unknown[]) => any)(...given),
    [name, given] as const,
  );
}

function heard(page: Page): Promise<unknown[]> {
  return page.evaluate(() => (window as unknown as { tabsPage: TabsPage }).tabsPage.heard);
}

/** Settles when so many locks are waited for, by the browser's own account. */
async function untilWaiting(page: Page, count: number): Promise<void> {
  await expect
    .poll(() => page.evaluate(async () => (await navigator.locks.query()).pending!.length))
    .toBe(count);
}

async function computations(those: readonly Page[]): Promise<number> {
  const counts = await Promise.all(those.map((page) => tell(page, 'computations')));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Lets the first tab compute and the others wait, in their order. */
async function askEverywhere(key: string): Promise<void> {
  const [first, ...others] = tabs;
  await tell(first!, 'ask', 'call', key);
  await expect.poll(() => tell(first!, 'isComputing', key)).toBe(true);
  for (const [index, page] of others.entries()) {
    await tell(page, 'ask', 'call', key);
    await untilWaiting(first!, index + 1);
  }
}

describe('three tabs', () => {
  it('compute once what all ask for at the same time', async () => {
    expect(await tell(tabs[0]!, 'isSupported')).toBe(true);
    const keys = Array.from({ length: 10 }, (_, number) => `key ${number}`);
    const answers = await Promise.all(tabs.map((page) => tell(page, 'askAtOnce', keys, 3, 100)));
    for (const each of answers) {
      expect(each).toEqual(keys.flatMap((key) => Array.from({ length: 3 }, () => `${key} computed`)));
    }
    expect(await computations(tabs)).toBe(keys.length);
  });

  it('compute each of many quick ones once, the answer always coming before the turn', async () => {
    for (let round = 0; round < 20; round++) {
      const key = `quick ${round}`;
      await askEverywhere(key);
      await tell(tabs[0]!, 'give', key, 'x');
      const answers = await Promise.all(tabs.map((page) => tell(page, 'answer', 'call')));
      expect(answers).toEqual([
        { value: 'x', isShared: false },
        { value: 'x', isShared: true },
        { value: 'x', isShared: true },
      ]);
    }
    expect(await computations(tabs)).toBe(20);
  });

  it.each(['is closed', 'crashes', 'goes elsewhere'])('go on when the one that computes %s', async (how) => {
    await askEverywhere('k');
    const [first, ...others] = tabs;
    if (how === 'is closed') await first!.close();
    else if (how === 'goes elsewhere') await first!.goto(`${pages.url}elsewhere.html`);
    else {
      const crashed = first!.waitForEvent('crash');
      first!.goto('chrome://crash').catch(() => {});
      await crashed;
    }
    let computing: Page | undefined;
    await expect
      .poll(async () => {
        for (const page of others) if (await tell(page, 'isComputing', 'k')) computing = page;
        return computing !== undefined;
      })
      .toBe(true);
    await tell(computing!, 'give', 'k', 'from another');
    const answers = await Promise.all(others.map((page) => tell(page, 'answer', 'call')));
    expect(answers.map((answer) => 'value' in answer && answer.value)).toEqual([
      'from another',
      'from another',
    ]);
    expect(await computations(others)).toBe(1);
  });

  it('go on when who computes leaves, and do not wait for who waited and left', async () => {
    await askEverywhere('k');
    const [first, second, third] = tabs as [Page, Page, Page];
    await tell(second, 'abort', 'call');
    expect(await tell(second, 'answer', 'call')).toEqual({ error: 'left' });
    await untilWaiting(first, 1);
    await tell(first, 'abort', 'call');
    expect(await tell(first, 'answer', 'call')).toEqual({ error: 'left' });
    await expect.poll(() => tell(third, 'isComputing', 'k')).toBe(true);
    await tell(third, 'give', 'k', 'x');
    expect(await tell(third, 'answer', 'call')).toEqual({ value: 'x', isShared: false });
    expect(await computations(tabs)).toBe(2);
  });

  it('hear of invalidations, and use nothing that was begun before', async () => {
    await askEverywhere('k');
    const [first, second, third] = tabs as [Page, Page, Page];
    const selector = { model: 'm', tags: ['t'] };
    await tell(third, 'invalidate', selector);
    await expect.poll(() => heard(first)).toEqual([selector]);
    await expect.poll(() => heard(second)).toEqual([selector]);
    expect(await heard(third)).toEqual([]);
    await tell(first, 'give', 'k', 'outdated');
    expect(await tell(first, 'answer', 'call')).toEqual({ value: 'outdated', isShared: false });
    await expect.poll(() => tell(second, 'isComputing', 'k')).toBe(true);
    await tell(second, 'give', 'k', 'new');
    expect(await tell(second, 'answer', 'call')).toEqual({ value: 'new', isShared: false });
    expect(await tell(third, 'answer', 'call')).toEqual({ value: 'new', isShared: true });
  });

  it('hear of what another invalidates as it is left', async () => {
    const [first, ...others] = tabs as [Page, Page, Page];
    // So that all of them hear by now.
    await askEverywhere('k');
    await tell(first, 'invalidateOnLeaving', { all: true });
    await first.goto(`${pages.url}elsewhere.html`);
    for (const page of others) await expect.poll(() => heard(page)).toEqual([{ all: true }]);
  });

  it('are kept for going back to them, whether they compute or wait, and take part again', async () => {
    await askEverywhere('k');
    const [first, second, third] = tabs as [Page, Page, Page];
    for (const page of [first, second]) await page.goto(`${pages.url}elsewhere.html`);
    await expect.poll(() => tell(third, 'isComputing', 'k')).toBe(true);
    await tell(third, 'give', 'k', 'x');
    await tell(third, 'invalidate', { all: true });
    for (const page of [first, second]) {
      await page.evaluate(() => history.back());
      await expect.poll(() => page.title(), { timeout: 10_000 }).toBe('One of several tabs');
      // It was kept, else this would be empty.
      const hidden = () => (window as unknown as { tabsPage: TabsPage }).tabsPage.hidden;
      await expect.poll(() => page.evaluate(hidden)).toEqual(['missed']);
    }
    await tell(first, 'give', 'k', 'late');
    expect(await tell(first, 'answer', 'call')).toEqual({ value: 'late', isShared: false });
    await expect.poll(() => tell(second, 'isComputing', 'k')).toBe(true);
    await tell(second, 'give', 'k', 'later');
    expect(await tell(second, 'answer', 'call')).toEqual({ value: 'later', isShared: false });
    await askEverywhere('again');
    await tell(first, 'give', 'again', 'y');
    expect(await tell(second, 'answer', 'call')).toEqual({ value: 'y', isShared: true });
  });
});
