import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import type { PredictorPage } from './pages/predictor.js';

let pages: BuiltPages;
let profile: Profile;

beforeAll(async () => {
  pages = await servePages(['predictor.html']);
});
afterAll(async () => {
  await pages?.close();
});
beforeEach(async () => {
  profile = await openProfile();
});
afterEach(async () => {
  await profile.close();
});

class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  call<Name extends keyof PredictorPage>(
    name: Name,
    ...args: Parameters<PredictorPage[Name]>
  ): Promise<Awaited<ReturnType<PredictorPage[Name]>>> {
    return this.page.evaluate(
      ([method, parameters]) => {
        const { predictorPage } = window as unknown as {
          predictorPage: Record<string, (...args: unknown[]) => unknown>;
        };
        return predictorPage[method]!(...parameters);
      },
      [name, args as unknown[]] as const,
    ) as Promise<Awaited<ReturnType<PredictorPage[Name]>>>;
  }
}

async function openTab(version = '1'): Promise<Tab> {
  const page = await profile.context.newPage();
  await page.goto(`${pages.url}predictor.html?version=${version}`);
  await page.waitForFunction(() => 'predictorPage' in window);
  const tab = new Tab(page);
  await tab.call('ready');
  return tab;
}

const openTabs = (count: number) => Promise.all(Array.from({ length: count }, () => openTab()));
const runsOf = async (tabs: readonly Tab[]) => {
  const runs = await Promise.all(tabs.map((tab) => tab.call('runs')));
  return runs.reduce((sum, each) => sum + each, 0);
};

describe('tabs of one origin', () => {
  it('compute once what all of them ask for at the same time', async () => {
    const tabs = await openTabs(3);
    for (const tab of tabs) await tab.call('hold');
    const asked = tabs.map((tab) => tab.call('ask', 'a', {}, 5));
    await expect.poll(() => runsOf(tabs)).toBe(1);
    for (const tab of tabs) await tab.call('release');
    const answers = (await Promise.all(asked)).flat();
    expect(answers.map(([output]) => output)).toEqual(Array.from({ length: 15 }, () => '1 first a'));
    expect(await runsOf(tabs)).toBe(1);
    for (const tab of tabs) expect(await tab.call('peek', 'a')).toBe('1 first a');
  });

  it('take over from one that is closed while it computes', async () => {
    const [first, ...others] = (await openTabs(3)) as [Tab, Tab, Tab];
    await first.call('hold');
    const lost = first.call('ask', 'a').catch(() => 'closed');
    await expect.poll(() => first.call('runs')).toBe(1);
    const asked = others.map((tab) => tab.call('ask', 'a'));
    await first.page.close();
    for (const answers of await Promise.all(asked)) expect(answers[0]![0]).toBe('1 first a');
    expect(await lost).toBe('closed');
    expect(await runsOf(others)).toBe(1);
  });

  it('hear of what one of them invalidates, by tag', async () => {
    const [one, other] = (await openTabs(2)) as [Tab, Tab];
    await one.call('ask', 'a', { tags: ['x'] });
    await one.call('ask', 'b', { tags: ['y'] });
    for (const text of ['a', 'b']) await other.call('ask', text);
    await other.call('change', 'second');
    await other.call('invalidate', { tags: ['x'] });
    await expect.poll(() => one.call('peek', 'a')).toBeUndefined();
    expect(await one.call('peek', 'b')).toBe('1 first b');
    expect((await one.call('ask', 'a'))[0]![0]).toBe('1 second a');
    expect((await other.call('ask', 'a'))[0]![0]).toBe('1 second a');
  });

  it('hear of what one of them invalidates, by a predicate', async () => {
    const [one, other] = (await openTabs(2)) as [Tab, Tab];
    await one.call('ask', 'a', { tags: ['x'] });
    await one.call('ask', 'b');
    await other.call('invalidateContaining', 'x');
    await expect.poll(() => one.call('stored', 'a')).toBeUndefined();
    expect(await one.call('stored', 'b')).toBe('1 first b');
  });

  it('store nothing that one of them began to compute before another one invalidated it', async () => {
    const [one, other] = (await openTabs(2)) as [Tab, Tab];
    await one.call('hold');
    const asked = one.call('ask', 'a', { tags: ['x'] });
    await expect.poll(() => one.call('runs')).toBe(1);
    await other.call('change', 'second');
    await other.call('invalidate', { tags: ['x'] });
    await one.call('release');
    expect((await asked)[0]![0]).toBe('1 first a');
    // Whoever asked before may be told what was right then; whoever asks now may not.
    expect((await other.call('ask', 'a'))[0]![0]).toBe('1 second a');
    await expect.poll(async () => (await one.call('ask', 'a'))[0]![0]).toBe('1 second a');
  });

  it('answer with what one of them has put', async () => {
    const [one, other] = (await openTabs(2)) as [Tab, Tab];
    await one.call('ask', 'a');
    await one.call('hold');
    const asked = one.call('ask', 'b');
    await expect.poll(() => one.call('runs')).toBe(2);
    await other.call('put', 'a', 'right');
    await other.call('put', 'b', 'right');
    await one.call('release');
    await asked;
    for (const text of ['a', 'b']) {
      await expect.poll(async () => (await one.call('ask', text))[0]![0]).toBe('right');
      expect((await other.call('ask', text))[0]![0]).toBe('right');
    }
  });

  it('go on with their own model when one of them goes over to another', async () => {
    const [one, other] = (await openTabs(2)) as [Tab, Tab];
    await one.call('ask', 'a');
    await other.call('ask', 'a');
    await one.call('update', '2');
    expect(await one.call('peek', 'a')).toBeUndefined();
    expect((await one.call('ask', 'a'))[0]![0]).toBe('2 first a');
    expect((await other.call('ask', 'a'))[0]![0]).toBe('1 first a');
    const fresh = await openTab('2');
    expect(await fresh.call('ask', 'a')).toEqual([['2 first a', 'indexeddb']]);
    const another = await openTab('3');
    expect(await another.call('stored', 'a')).toBeUndefined();
  });
});
