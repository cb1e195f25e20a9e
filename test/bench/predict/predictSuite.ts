import type { Page } from 'playwright';
import { openProfile } from '../../support/browser.js';
import type { Row, Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { median, noise } from '../support/samples.js';
import { serveSite } from '../support/site.js';
import { rounded } from '../support/table.js';

type Samples = Readonly<Record<string, number[]>>;

/** What a hit, a miss and a reload cost, in Chromium with a profile on disk. */
export const predictSuite: Suite = {
  name: 'predict',
  about: 'hits, misses and reloads',
  needsBrowser: true,
  run,
};

async function run({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  const pages = ['micro.html', 'cached.html', 'runtime.html'];
  const site = await serveSite('predict/page', pages);
  const profile = await openProfile();
  try {
    const manifest = (await (await fetch(`${site.url}/models/manifest.json`)).json()) as {
      name: string;
      integrity: string;
    }[];
    const { integrity } = manifest.find(({ name }) => name === 'language-id-small')!;
    const address = (name: string) => `${site.url}/${name}.html?integrity=${encodeURIComponent(integrity)}`;
    const page = await profile.context.newPage();
    const scale = isQuick ? 0.2 : 1;
    const memory = await measure(page, address('micro'), 'measureMemory', 25 * scale, 4000);
    const persistent = await measure(page, address('micro'), 'measurePersistent', 40 * scale, 50);
    const misses = await measure(page, address('micro'), 'measureMisses', 60 * scale, 10);
    const reloads = await measureReloads(page, address('cached'), address('runtime'), Math.ceil(25 * scale));
    return report({ memory, persistent, misses, reloads });
  } finally {
    await profile.close();
    await site.close();
  }
}

/** Runs one of the page's measurements on a fresh page. */
async function measure(
  page: Page,
  url: string,
  name: string,
  rounds: number,
  loops: number,
): Promise<Samples> {
  await page.goto(url);
  await page.waitForFunction(() => 'measure' in window);
  return page.evaluate(
    ([method, ...counts]) =>
      (window as unknown as { measure: Record<string, (...counts: number[]) => Promise<Samples>> }).measure[
        method
      ]!(...counts),
    [name, Math.ceil(rounds), loops] as const,
  );
}

/** Fresh pages in turn: one answers from IndexedDB, the other loads the runtime and the model; HTTP cache warm. */
async function measureReloads(page: Page, cached: string, runtime: string, rounds: number): Promise<Samples> {
  const samples: Record<string, number[]> = {
    indexeddb: [],
    runtime: [],
    indexeddbScript: [],
    runtimeScript: [],
  };
  await answerOf(page, cached);
  await answerOf(page, runtime);
  for (let round = 0; round < rounds; round++) {
    for (const [name, url] of [
      ['indexeddb', cached],
      ['runtime', runtime],
    ] as const) {
      const measured = await answerOf(page, url);
      if (measured.source !== name) throw new Error(`Answered by ${measured.source}, not ${name}`);
      samples[name]!.push(measured.sinceNavigation);
      samples[`${name}Script`]!.push(measured.sinceScript);
    }
  }
  return samples;
}

interface Measured {
  readonly source: string;
  readonly sinceNavigation: number;
  readonly sinceScript: number;
}

async function answerOf(page: Page, url: string): Promise<Measured> {
  await page.goto(url);
  await page.waitForFunction(() => 'measured' in window);
  return page.evaluate(() => (window as unknown as { measured: Measured }).measured);
}

function report(
  samples: Readonly<Record<'memory' | 'persistent' | 'misses' | 'reloads', Samples>>,
): SuiteResult {
  const { memory, persistent, misses, reloads } = samples;
  const row = (what: string, unit: string, values: number[] | undefined, factor = 1): Row => ({
    what,
    unit,
    median: median(values!) * factor,
    noise: noise(values!),
  });
  const overhead = misses.predict!.map((value, round) => value - misses.engine![round]!);
  return {
    rows: [
      row('memory: predict, a hit', 'µs', memory.predict, 1000),
      row('memory: peek, a hit', 'µs', memory.peek, 1000),
      row('memory: Map.get, key ready', 'µs', memory.map, 1000),
      row('memory: lru-cache get, key ready', 'µs', memory.lruCache, 1000),
      row('memory: Map.get, key by JSON.stringify', 'µs', memory.jsonKey, 1000),
      row('IndexedDB: predict, a hit', 'ms', persistent.predict),
      row('IndexedDB: bare idb get of the row', 'ms', persistent.idb),
      row('IndexedDB: idb-keyval get of the row', 'ms', persistent.idbKeyval),
      row('miss: predict', 'ms', misses.predict),
      row('miss: the engine called directly', 'ms', misses.engine),
      row('reload: from navigation, from IndexedDB', 'ms', reloads.indexeddb),
      row('reload: from navigation, loading ONNX Runtime', 'ms', reloads.runtime),
      row('reload: from script start, from IndexedDB', 'ms', reloads.indexeddbScript),
      row('reload: from script start, loading ONNX Runtime', 'ms', reloads.runtimeScript),
    ],
    figures: {
      memoryHitUs: rounded(median(memory.predict!) * 1000),
      memoryHitVsMap: rounded(ratio(memory.predict, memory.map)),
      peekHitUs: rounded(median(memory.peek!) * 1000),
      persistentHitMs: rounded(median(persistent.predict!)),
      persistentHitVsRaw: rounded(ratio(persistent.predict, persistent.idb)),
      missOverheadMs: rounded(median(overhead)),
      missOverheadVsEngine: rounded(ratio(misses.predict, misses.engine)),
      reloadToAnswerVsOrt: rounded(ratio(reloads.runtime, reloads.indexeddb)),
      scriptToAnswerVsOrt: rounded(ratio(reloads.runtimeScript, reloads.indexeddbScript)),
    },
  };
}

/** The median of the ratios round by round: what disturbs a round disturbs both of its sides. */
function ratio(ours: number[] | undefined, theirs: number[] | undefined): number {
  return median(ours!.map((value, round) => value / theirs![round]!));
}
