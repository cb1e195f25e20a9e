import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ModelServer, modelServer } from '../../packages/onnx/test/support/modelServer.js';
import { busyModel } from '../../packages/onnx/test/support/testModels.js';
import { openProfile, type Profile } from '../support/browser.js';
import { type BuiltPages, servePages } from '../support/builtPages.js';
import { SharingTab } from '../support/sharingTab.js';
import type { Outcome } from './pages/sharing.js';

const size = 64;
const quick = busyModel({ size, times: 2 });
/** Some 2 ms a row. */
const slow = busyModel({ size, times: 2000 });

let pages: BuiltPages;
let profile: Profile;
let models: ModelServer;

beforeAll(async () => {
  pages = await servePages(['sharing.html', 'elsewhere.html']);
});
afterAll(async () => {
  await pages?.close();
});
beforeEach(async () => {
  profile = await openProfile({ keepsPages: true });
  models = await modelServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    if (request.url === '/missing.onnx') response.statusCode = 404;
    response.setHeader('content-type', 'application/octet-stream');
    response.end(request.url === '/slow.onnx' ? slow : quick);
  });
});
afterEach(async () => {
  await profile?.close();
});

/** All workers of the browser, by its own account. */
async function workersInBrowser(): Promise<number> {
  const session = await profile.context.browser()!.newBrowserCDPSession();
  const filter = [{ type: 'worker' }, { type: 'page' }];
  const { targetInfos } = await session.send('Target.getTargets', { filter });
  return targetInfos.filter(({ type }) => type === 'worker').length;
}

/** Its script stands still, as that of a frozen tab does, and its main thread answers nothing. */
async function hang({ page }: SharingTab): Promise<() => Promise<void>> {
  const session = await profile.context.newCDPSession(page);
  await session.send('Debugger.enable');
  const paused = new Promise((resolve) => session.once('Debugger.paused', resolve));
  await session.send('Debugger.pause');
  void page.evaluate(() => {}).catch(() => {});
  await paused;
  return async () => {
    await session.send('Debugger.disable');
  };
}

/** So many rows take it long enough that what happens to a tab happens before they are done. */
const many = 400;
/** A busy machine may take its time. */
const patient = { timeout: 30_000 };

const modelUrl = (name: string) => new URL(name, models.url).href;
const openTab = (share?: string) =>
  SharingTab.open(profile.context, { url: `${pages.url}sharing.html`, share, size });
const openTabs = (count: number) => Promise.all(Array.from({ length: count }, () => openTab('')));
const workersOf = (tabs: readonly SharingTab[]) => tabs.reduce((sum, { workers }) => sum + workers, 0);

/** The one that has the worker, and the others. */
async function leaderOf(tabs: readonly SharingTab[]): Promise<[SharingTab, SharingTab[]]> {
  await expect.poll(() => workersOf(tabs), patient).toBe(1);
  const leader = tabs.find(({ workers }) => workers === 1)!;
  return [leader, tabs.filter((tab) => tab !== leader)];
}

/** The answers of a worker that is not shared. */
async function expectedOf(seeds: readonly number[], url: string, rows = 1): Promise<Outcome[]> {
  const own = await openTab();
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await own.predict(url, seed, rows));
  await own.page.close();
  for (const outcome of outcomes) expect(outcome).toHaveProperty('bits');
  return outcomes;
}

async function askEverywhere(tabs: readonly SharingTab[], url: string, rows: number): Promise<void> {
  for (const [seed, tab] of tabs.entries()) await tab.tell('ask', 'call', url, seed, rows);
}

const rowsOfCall = 100;
const callsInQueue = 40;

/** Has a tab ask for so much that it takes a while, and gives the ms that one call takes alone. */
async function fillQueue(tab: SharingTab, url: string) {
  await tab.predict(url, 1);
  const begunAt = performance.now();
  await tab.predict(url, 1, rowsOfCall);
  const time = performance.now() - begunAt;
  const calls = Array.from({ length: callsInQueue }, (_, call) => `call ${call}`);
  await tab.tellAll(calls.map((call) => ['ask', call, url, 1, rowsOfCall] as const));
  return { calls, time };
}

/** One row takes no longer than it does on an idle worker, long before the queue could be through. */
async function expectIdle(tab: SharingTab, url: string, timeOfCall: number): Promise<void> {
  const begunAt = performance.now();
  const timeOfRow = async () => {
    const askedAt = performance.now();
    await tab.predict(url, 1);
    return performance.now() - askedAt;
  };
  while ((await timeOfRow()) > timeOfCall / 3) {}
  expect(performance.now() - begunAt).toBeLessThan((callsInQueue / 6) * timeOfCall);
}

describe('tabs that share', () => {
  it('have one worker and one download, and answer with the bits of a worker of their own', async () => {
    const url = modelUrl('quick.onnx');
    const [expected] = await expectedOf([1], url, 3);
    expect(models.requests).toHaveLength(1);
    const tabs = await openTabs(5);
    const outcomes = await Promise.all(tabs.map((tab) => tab.predict(url, 1, 3)));
    for (const outcome of outcomes) expect(outcome).toEqual(expected);
    expect(workersOf(tabs)).toBe(1);
    expect(await workersInBrowser()).toBe(1);
    expect(models.requests).toHaveLength(2);
  });

  it('have workers of their own under different names', async () => {
    const tabs = [await openTab('one'), await openTab('one'), await openTab('another')];
    for (const tab of tabs) await tab.predict(modelUrl('quick.onnx'), 1);
    expect(tabs.map(({ workers }) => workers)).toEqual([1, 0, 1]);
  });

  it('hear of the loading that another tab does', async () => {
    const [leader, follower] = (await openTabs(2)) as [SharingTab, SharingTab];
    await leader.predict(modelUrl('quick.onnx'), 1);
    const url = modelUrl('another.onnx');
    expect(await follower.tell('availability', url)).toEqual({ state: 'downloadable' });
    await follower.tell('load', 'load', url);
    expect(await follower.tell('outcome', 'load')).toEqual({ bits: '' });
    const progress = await follower.tell('progress', 'load');
    expect(progress.at(-1)).toMatchObject({ phase: 'ready', ratio: 1, loadedBytes: quick.length });
    const ratios = progress.map(({ ratio }) => ratio);
    expect(ratios).toEqual([...ratios].sort((a, b) => a - b));
    expect(await follower.tell('availability', url)).toEqual({ state: 'available' });
    expect([leader.workers, follower.workers]).toEqual([1, 0]);
  });

  it('hear that the worker of another tab has ended, and the model with it', async () => {
    const [leader, follower] = (await openTabs(2)) as [SharingTab, SharingTab];
    const url = modelUrl('quick.onnx');
    await leader.predict(url, 1);
    const before = await follower.predict(url, 2);
    expect(await follower.tell('availability', url)).toEqual({ state: 'available' });
    await leader.page.workers()[0]!.evaluate(() => close());
    await expect
      .poll(() => follower.tell('availability', url), patient)
      .toHaveProperty('reason', expect.stringContaining('not loaded'));
    expect(await follower.predict(url, 2)).toEqual(before);
  });

  it('hear what went wrong in another tab', async () => {
    const [leader, follower] = (await openTabs(2)) as [SharingTab, SharingTab];
    await leader.predict(modelUrl('quick.onnx'), 1);
    expect(await follower.predict(modelUrl('missing.onnx'), 1)).toEqual({ error: 'MODEL_DOWNLOAD_FAILED' });
    expect(await follower.predict(modelUrl('quick.onnx'), 1)).toHaveProperty('bits');
  });

  it.each(['is closed', 'crashes', 'goes elsewhere', 'is frozen', 'hangs', 'is disposed of'])(
    'go on when the one that computes %s',
    async (how) => {
      const url = modelUrl('slow.onnx');
      const expected = await expectedOf([0, 1, 2, 3, 4], url, many);
      const tabs = await openTabs(5);
      await tabs[0]!.predict(modelUrl('quick.onnx'), 1);
      const [leader, others] = await leaderOf(tabs);
      await askEverywhere(tabs, url, many);
      await expect
        .poll(async () => (await leader.tell('progress', 'call')).at(-1)?.phase, patient)
        .toBe('ready');
      // Answering all of them takes it seconds.
      const isSettled = await Promise.all(others.map((tab) => tab.tell('isSettled', 'call')));
      expect(isSettled).toEqual([false, false, false, false]);
      let wake = async (): Promise<void> => leader.tell('resume');
      if (how === 'is closed') await leader.page.close();
      else if (how === 'crashes') await leader.crash();
      else if (how === 'goes elsewhere') await leader.page.goto(`${pages.url}elsewhere.html`);
      else if (how === 'is frozen') await leader.tell('freeze');
      else if (how === 'hangs') wake = await hang(leader);
      else await leader.tell('dispose');
      for (const tab of others) {
        expect(await tab.tell('outcome', 'call')).toEqual(expected[tabs.indexOf(tab)]);
      }
      await expect.poll(() => workersOf(others), patient).toBe(1);
      if (how === 'is frozen' || how === 'hangs') {
        await wake();
        // It has computed its own to the end, and needs its worker no longer.
        expect(await leader.tell('outcome', 'call')).toEqual(expected[tabs.indexOf(leader)]);
        await expect.poll(() => workersOf(tabs), patient).toBe(1);
        expect(await leader.predict(url, 1, many)).toEqual(expected[1]);
        expect(leader.workers).toBe(0);
      }
      if (how === 'is disposed of')
        expect(await leader.tell('outcome', 'call')).toEqual({ error: 'DISPOSED' });
    },
  );

  it('go on when the one that computes is left, which answers its own when it comes back, and takes part again', async () => {
    const url = modelUrl('slow.onnx');
    const expected = await expectedOf([0, 1, 2], url, many);
    const tabs = await openTabs(3);
    await tabs[0]!.predict(url, 1);
    const [leader, others] = await leaderOf(tabs);
    await askEverywhere(tabs, url, many);
    await leader.page.goto(`${pages.url}elsewhere.html`);
    for (const tab of others) expect(await tab.tell('outcome', 'call')).toEqual(expected[tabs.indexOf(tab)]);
    await expect.poll(() => workersOf(others), patient).toBe(1);
    await leader.page.evaluate(() => history.back());
    await expect.poll(() => leader.page.title(), patient).toBe('One of several tabs with one engine');
    // Were it not the same page as before, it would know of no call.
    expect(await leader.tell('outcome', 'call')).toEqual(expected[tabs.indexOf(leader)]);
    await expect.poll(() => workersOf(tabs), patient).toBe(1);
    expect(await leader.predict(url, 1, many)).toEqual(expected[1]);
    expect(leader.workers).toBe(0);
    const [next] = await leaderOf(tabs);
    for (const tab of tabs) if (tab !== next) await tab.tell('ask', 'again', url, 2, many);
    await next.page.close();
    for (const tab of tabs) if (tab !== next) expect(await tab.tell('outcome', 'again')).toEqual(expected[2]);
  });

  it('wait when they are left, and have their answers when they are back', async () => {
    const url = modelUrl('slow.onnx');
    const expected = await expectedOf([1], url, many);
    const [leader, follower] = (await openTabs(2)) as [SharingTab, SharingTab];
    await leader.predict(url, 1);
    await follower.predict(url, 1);
    await follower.tell('ask', 'call', url, 1, many);
    await follower.page.goto(`${pages.url}elsewhere.html`);
    await follower.page.evaluate(() => history.back());
    await expect.poll(() => follower.page.title(), patient).toBe('One of several tabs with one engine');
    expect(await follower.tell('outcome', 'call')).toEqual(expected[0]);
    expect([leader.workers, follower.workers]).toEqual([1, 0]);
  });

  it.each(['crashes', 'is closed', 'aborts'])('compute no longer for one that %s', async (how) => {
    const url = modelUrl('slow.onnx');
    const [leader, follower] = (await openTabs(2)) as [SharingTab, SharingTab];
    await leader.predict(url, 1);
    const { calls, time } = await fillQueue(follower, url);
    if (how === 'crashes') await follower.crash();
    else if (how === 'is closed') await follower.page.close();
    else for (const call of calls) await follower.tell('abort', call);
    await expectIdle(leader, url, time);
    if (how === 'aborts') expect(await follower.tell('outcome', calls.at(-1)!)).toEqual({ error: 'left' });
  });

  it('compute no longer for one that crashes, also where the one that led before still hangs', async () => {
    const url = modelUrl('slow.onnx');
    const [hung, one, other] = (await openTabs(3)) as [SharingTab, SharingTab, SharingTab];
    for (const tab of [hung, one, other]) await tab.predict(url, 1);
    await hang(hung);
    await one.predict(url, 1);
    await expect.poll(() => one.workers + other.workers, patient).toBe(1);
    const [leader, follower] = one.workers === 1 ? [one, other] : [other, one];
    const { time } = await fillQueue(follower, url);
    await follower.crash();
    await expectIdle(leader, url, time);
  });

  it('have workers of their own where there are no locks', async () => {
    await profile.context.addInitScript(() => {
      delete (Navigator.prototype as { locks?: LockManager }).locks;
    });
    const tabs = await openTabs(2);
    for (const tab of tabs) expect(await tab.predict(modelUrl('quick.onnx'), 1)).toHaveProperty('bits');
    expect(tabs.map(({ workers }) => workers)).toEqual([1, 1]);
  });
});
