import type { Page } from 'playwright';
import { openProfile } from '../../support/browser.js';
import { measureReloads, reloadPages } from '../reload/reloads.js';
import type { Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { openMeasuringPage } from '../support/measuringPage.js';
import { serveSite } from '../support/site.js';
import { serveSlowly } from '../support/slowSite.js';
import { interleave } from '../support/timing.js';
import { measureGrowth, prepareGrowth } from './measureGrowth.js';
import { measureKeysMemory, measureOpening } from './measureOpening.js';
import type { StorageMeasures } from './page/storage.js';
import { report } from './report.js';
import { fullScale, quickScale, type Scale } from './scale.js';

/** What the persistent tier costs beside the platform itself and its peers, in Chromium with a profile on disk. */
export const storageSuite: Suite = {
  name: 'storage',
  about: 'the IndexedDB tier: look-ups, writes, warm start, reloads, growth',
  needsBrowser: true,
  run,
};

const storagePage = 'storage/page/storage.html';
const slowLink = { bitsPerSecond: 20e6, latency: 40 };

async function run({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  const scale = isQuick ? quickScale : fullScale;
  const site = await serveSite('storage', [storagePage, ...reloadPages]);
  const slowSite = await serveSlowly(site.url, slowLink);
  const profile = await openProfile();
  try {
    const page = await profile.context.newPage();
    const url = `${site.url}/${storagePage}`;
    const lookUps = await measureLookUps(page, url, scale);
    const writes = await (await open(page, url))('measureWrites', scale.rounds.writes);
    const warmStarts = await measureWarmStarts(page, url.replace('127.0.0.1', 'warm.localhost'), scale);
    const reloads = await measureReloads(page, site.url, scale.rounds.reloads);
    const coldReloads = await measureReloads(page, slowSite.url, scale.rounds.coldReloads);
    const largePage = await profile.context.newPage();
    const sizes = await prepareGrowth(page, largePage, url, scale);
    const opening = await measureOpening(sizes, scale);
    const keysMemory = await measureKeysMemory(largePage, sizes, scale);
    const growth = await measureGrowth(sizes, scale);
    return report(scale, {
      ...lookUps,
      writes,
      warmStarts,
      reloads,
      coldReloads,
      opening,
      keysMemory,
      growth,
    });
  } finally {
    await profile.close();
    await slowSite.close();
    await site.close();
  }
}

const open = (page: Page, url: string) => openMeasuringPage<StorageMeasures>(page, url);

/** Each on a fresh page, and what is looked up was written by another before. */
async function measureLookUps(page: Page, url: string, { rounds }: Scale) {
  await (await open(page, url))('prepareLookUps');
  return {
    gets: await (await open(page, url))('measureGets', rounds.lookUps),
    batches: await (await open(page, url))('measureBatches', rounds.lookUps),
    misses: await (await open(page, url))('measureMisses', rounds.lookUps),
  };
}

/** A fresh page each time: one starts the tier, the next reads the same rows with a bare `getAll`. */
async function measureWarmStarts(page: Page, url: string, { warmRows, rounds }: Scale) {
  await (await open(page, url))('prepareWarmStart', warmRows);
  return interleave(rounds.warmStarts, {
    tier: async () => (await open(page, url))('startWarm', warmRows),
    raw: async () => (await open(page, url))('startRaw', warmRows),
  });
}
