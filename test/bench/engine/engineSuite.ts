import type { Page } from 'playwright';
import { openProfile } from '../../support/browser.js';
import type { Row, Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { openMeasuringPage } from '../support/measuringPage.js';
import { median, ratios } from '../support/samples.js';
import { serveSite } from '../support/site.js';
import { rounded, rowOf } from '../support/table.js';
import { leakOf } from './leaks.js';
import { mainThreadTasks } from './mainThreadTasks.js';
import type { EngineMeasures } from './page/engine.js';
import type { SubjectName } from './page/subjects.js';
import { measureShareMemory } from './shareMemory.js';

/** The on-device engine in Chromium: what it costs beside a hand-written worker, what it takes, and what it gives back. */
export const engineSuite: Suite = {
  name: 'engine',
  about: 'the on-device engine: overhead, batches, long tasks, memory',
  needsBrowser: true,
  run,
};

const enginePage = 'engine/page/engine.html';

/** A task of the main thread beyond this is one that a person may notice, ms. */
const longTask = 5;

async function run({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  const site = await serveSite('engine', [enginePage]);
  const profile = await openProfile();
  try {
    const page = await profile.context.newPage();
    const open = () => openMeasuringPage<EngineMeasures>(page, `${site.url}/${enginePage}`);
    const sections = [
      await measureOverhead(open, isQuick),
      await measureThroughput(open, isQuick),
      await measureLongTasks(page, open, isQuick),
      await measureLeaks(page, open, isQuick),
      await measureSharing(isQuick),
    ];
    return {
      rows: sections.flatMap(({ rows }) => rows),
      figures: Object.assign({}, ...sections.map(({ figures }) => figures)),
    };
  } finally {
    await profile.close();
    await site.close();
  }
}

type Open = () => ReturnType<typeof openMeasuringPage<EngineMeasures>>;

interface Section {
  readonly rows: readonly Row[];
  readonly figures: Readonly<Record<string, number>>;
}

async function measureOverhead(open: Open, isQuick: boolean): Promise<Section> {
  const rows: Row[] = [];
  const figures: Record<string, number> = {};
  const cases: readonly (readonly [SubjectName, string, number])[] = [
    ['large, two sentences', 'Large', 10],
    ['small, a word', 'Small', 60],
    ['two layers, 3 kB', 'TwoLayers', 60],
  ];
  for (const [subject, suffix, loops] of cases) {
    const samples = await (await open())('measureMisses', subject, isQuick ? 10 : 40, loops);
    rows.push(
      rowOf(`${subject}: predict, a miss`, 'ms', samples.predict),
      rowOf(`${subject}: the same, no batching`, 'ms', samples.unbatched),
      rowOf(`${subject}: hand-written worker`, 'ms', samples.raw),
    );
    figures[`missOverheadVsEngine${suffix}`] = rounded(median(ratios(samples.predict, samples.raw)));
    figures[`missOverheadMs${suffix}`] = rounded(
      median(samples.predict.map((value, round) => value - samples.raw[round]!)),
    );
    figures[`singleLatencyVsUnbatched${suffix}`] = rounded(
      median(ratios(samples.predict, samples.unbatched)),
    );
  }
  return { rows, figures };
}

async function measureThroughput(open: Open, isQuick: boolean): Promise<Section> {
  const rows: Row[] = [];
  const figures: Record<string, number> = {};
  const cases: readonly (readonly [SubjectName, string, number])[] = [
    ['large, two sentences', 'Large', 2],
    ['small, a word', 'Small', 15],
    ['two layers, 3 kB', 'TwoLayers', 15],
  ];
  for (const [subject, suffix, rounds] of cases) {
    const samples = await (await open())('measureThroughput', subject, isQuick ? 2 : rounds);
    const { predict, ...raw } = samples as Record<string, number[]> & { predict: number[] };
    const [best] = Object.entries(raw).sort(([, a], [, b]) => median(a) - median(b));
    const [bestName, bestSamples] = best!;
    rows.push(
      rowOf(`${subject}: 1,000 predicts at once`, 'ms', predict),
      ...Object.entries(raw).map(([name, values]) =>
        rowOf(`${subject}: ${name === bestName ? 'best, ' : ''}${name}`, 'ms', values),
      ),
    );
    figures[`batchThroughputVsBest${suffix}`] = rounded(median(ratios(bestSamples, predict)));
  }
  return { rows, figures };
}

async function measureLongTasks(page: Page, open: Open, isQuick: boolean): Promise<Section> {
  const rows: Row[] = [];
  const figures: Record<string, number> = {};
  const browser = await page.context().browser()!.newBrowserCDPSession();
  for (const answering of ['nobody', 'sdk', 'mainThread'] as const) {
    const measure = await open();
    const marks = { from: 'predcache load begins', to: 'predcache load ends' };
    const tasks = await mainThreadTasks(browser, marks, () =>
      measure('runLoad', answering, 'two layers, 3 kB', isQuick ? 5 : 30, 500),
    );
    rows.push(
      rowOf(
        `500 requests/s, ${answering}: a task of the main thread`,
        'ms',
        tasks.map(({ cpu }) => cpu),
      ),
    );
    const name = answering === 'sdk' ? 'longTasks' : `longTasks ${answering}`;
    figures[name] = tasks.filter(({ cpu }) => cpu > longTask).length;
    figures[`${name}, by the clock`] = tasks.filter(({ wall }) => wall > longTask).length;
    figures[`${name}, longest ms`] = rounded(Math.max(...tasks.map(({ cpu }) => cpu)));
  }
  await browser.detach();
  return { rows, figures };
}

async function measureLeaks(page: Page, open: Open, isQuick: boolean): Promise<Section> {
  const part = isQuick ? 0.02 : 1;
  const figures: Record<string, number> = {};
  const cases = [
    ['leakMB, 1,000 loads and unloads', 'loadAndUnload', 600, 1_000],
    ['leakMB, 100,000 runs', 'runMany', 20_000, 100_000],
    ['leakMB, 1,000 engines', 'loadAndDispose', 50, 1_000],
  ] as const;
  for (const [name, method, first, rounds] of cases) {
    const measure = await open();
    const leak = await leakOf(page, (count) => measure(method, count), {
      first: Math.ceil(first * part),
      rounds: rounds * part,
    });
    figures[name] = rounded(leak);
  }
  return { rows: [], figures };
}

/** Five tabs: what they take in memory that share one engine, over what they take with an engine each. */
async function measureSharing(isQuick: boolean): Promise<Section> {
  const { without, own, shared, ratio, ratioOfEngines } = await measureShareMemory({
    rounds: isQuick ? 1 : 2,
  });
  const rows = [
    rowOf('five tabs without an engine', 'MB', [without]),
    rowOf('five tabs with an engine each, 41 MB of weights', 'MB', [own]),
    rowOf('five tabs that share one', 'MB', [shared]),
  ];
  const figures = { shareMemory: rounded(ratioOfEngines), 'shareMemory, browser included': rounded(ratio) };
  return { rows, figures };
}
