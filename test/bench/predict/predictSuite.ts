import { openProfile } from '../../support/browser.js';
import {
  measureReloads,
  type Reloads,
  reloadPages,
  reloadRows,
  smallModelIntegrity,
  timesSooner,
} from '../reload/reloads.js';
import type { Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { openMeasuringPage } from '../support/measuringPage.js';
import { median, ratios, type Samples } from '../support/samples.js';
import { serveSite } from '../support/site.js';
import { rounded, rowOf } from '../support/table.js';
import type { PredictMeasures } from './page/micro.js';

/** What a hit, a miss and a reload cost, in Chromium with a profile on disk. */
export const predictSuite: Suite = {
  name: 'predict',
  about: 'hits, misses and reloads',
  needsBrowser: true,
  run,
};

const microPage = 'predict/page/micro.html';

async function run({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  const site = await serveSite('predict', [microPage, ...reloadPages]);
  const profile = await openProfile();
  try {
    const integrity = await smallModelIntegrity(site.url);
    const micro = `${site.url}/${microPage}?integrity=${encodeURIComponent(integrity)}`;
    const page = await profile.context.newPage();
    const open = () => openMeasuringPage<PredictMeasures>(page, micro);
    const rounds = (count: number) => (isQuick ? Math.ceil(count / 5) : count);
    return report(
      await (await open())('measureMemory', rounds(25), 4000),
      await (await open())('measurePersistent', rounds(40), 50),
      await (await open())('measureMisses', rounds(60), 10),
      await measureReloads(page, site.url, rounds(25)),
    );
  } finally {
    await profile.close();
    await site.close();
  }
}

function report(
  memory: Samples<'predict' | 'peek' | 'map' | 'lruCache' | 'jsonKey'>,
  persistent: Samples<'predict' | 'idb' | 'idbKeyval'>,
  misses: Samples<'predict' | 'engine'>,
  reloads: Reloads,
): SuiteResult {
  const overhead = misses.predict.map((value, round) => value - misses.engine[round]!);
  const sooner = timesSooner(reloads);
  return {
    rows: [
      rowOf('memory: predict, a hit', 'µs', memory.predict, 1000),
      rowOf('memory: peek, a hit', 'µs', memory.peek, 1000),
      rowOf('memory: Map.get, key ready', 'µs', memory.map, 1000),
      rowOf('memory: lru-cache get, key ready', 'µs', memory.lruCache, 1000),
      rowOf('memory: Map.get, key by JSON.stringify', 'µs', memory.jsonKey, 1000),
      rowOf('IndexedDB: predict, a hit', 'ms', persistent.predict),
      rowOf('IndexedDB: bare idb get of the row', 'ms', persistent.idb),
      rowOf('IndexedDB: idb-keyval get of the row', 'ms', persistent.idbKeyval),
      rowOf('miss: predict', 'ms', misses.predict),
      rowOf('miss: the engine called directly', 'ms', misses.engine),
      ...reloadRows('reload', reloads),
    ],
    figures: {
      memoryHitUs: rounded(median(memory.predict) * 1000),
      memoryHitVsMap: rounded(median(ratios(memory.predict, memory.map))),
      peekHitUs: rounded(median(memory.peek) * 1000),
      persistentHitMs: rounded(median(persistent.predict)),
      persistentHitVsRaw: rounded(median(ratios(persistent.predict, persistent.idb))),
      missOverheadMs: rounded(median(overhead)),
      missOverheadVsEngine: rounded(median(ratios(misses.predict, misses.engine))),
      reloadToAnswerVsOrt: sooner.fromNavigation,
      scriptToAnswerVsOrt: sooner.fromScript,
    },
  };
}
