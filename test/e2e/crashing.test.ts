import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import type { CrashingPage } from './pages/crashing.js';

let pages: BuiltPages;
let profile: Profile;
let models: Server;
let url: string;
/** Answers that have begun and do not end: loads stay under way for as long as the test wants. */
let open: ServerResponse[];

beforeAll(async () => {
  pages = await servePages(['crashing.html', 'elsewhere.html']);
  models = createServer((_request, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': 1_000_000 });
    response.write(Buffer.alloc(1_000));
    open.push(response);
  });
  await new Promise<void>((resolve) => models.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(models.address() as AddressInfo).port}/heavy.onnx`;
});
afterAll(async () => {
  models?.closeAllConnections();
  models?.close();
  await pages?.close();
});
beforeEach(async () => {
  open = [];
  profile = await openProfile();
});
afterEach(async () => {
  await profile?.close();
});

async function openTab(): Promise<Page> {
  const page = await profile.context.newPage();
  await page.goto(`${pages.url}crashing.html`);
  await page.waitForFunction(() => 'crashingPage' in window);
  return page;
}

/** Calls a function of the page's. */
function tell<Name extends keyof CrashingPage>(
  page: Page,
  name: Name,
  ...given: Parameters<CrashingPage[Name]>
): Promise<Awaited<ReturnType<CrashingPage[Name]>>> {
  return page.evaluate(
    ([name, given]) =>
      // biome-ignore lint/suspicious/noExplicitAny: the types are those of this function
      ((window as any).crashingPage[name] as (...given: unknown[]) => any)(...given),
    [name, given] as const,
  );
}

async function openLoading(): Promise<Page> {
  const page = await openTab();
  await tell(page, 'begin', url);
  await expect.poll(() => tell(page, 'phase'), { timeout: 20_000 }).toBe('download');
  return page;
}

async function crash(page: Page): Promise<void> {
  const session = await profile.context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // It has nobody left to answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
}

describe('a page that dies while it loads a model', () => {
  it('once is tried again; twice, the next page goes to the cloud at once, without fetching the model', async () => {
    await crash(await openLoading());
    await crash(await openLoading());
    const fetched = open.length;
    const next = await openTab();
    expect(await tell(next, 'availability', url)).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('twice'),
    });
    expect(await tell(next, 'predict', url)).toBe('in_cloud');
    await tell(next, 'begin', url);
    await expect.poll(() => tell(next, 'phase')).toBe('MODEL_CRASHED');
    expect(open).toHaveLength(fetched);
  });
});

describe('a page that is left while it loads a model', () => {
  it.each<[string, (page: Page) => Promise<unknown>]>([
    ['by closing it', (page) => page.close()],
    ['by reloading it', (page) => page.reload()],
    ['by a link', (page) => page.goto(`${pages.url}elsewhere.html`)],
  ])('%s, again and again, leaves nothing', async (_case, leave) => {
    for (const _ of [1, 2, 3]) await leave(await openLoading());
    const next = await openTab();
    await expect.poll(() => tell(next, 'rows')).toBe(0);
    expect(await tell(next, 'availability', url)).toEqual({ state: 'downloadable' });
  });
});

it('Tabs that load it at the same time do not take each other for crashed', async () => {
  // The others wait for what the first one downloads.
  const tabs = [await openLoading(), await openTab(), await openTab()];
  for (const tab of tabs.slice(1)) await tell(tab, 'begin', url);
  const next = await openTab();
  await expect.poll(() => tell(next, 'rows')).toBe(3);
  expect(await tell(next, 'availability', url)).toEqual({ state: 'downloadable' });
  for (const tab of tabs) await tab.close();
});
