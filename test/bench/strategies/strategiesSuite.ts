import { openProfile } from '../../support/browser.js';
import type { Suite, SuiteOptions, SuiteResult } from '../suite.js';
import { openMeasuringPage } from '../support/measuringPage.js';
import { median, ratios } from '../support/samples.js';
import { serveSite } from '../support/site.js';
import { rounded, rowOf } from '../support/table.js';
import { interleave } from '../support/timing.js';
import type { StrategyMeasures } from './page/strategies.js';

/** What the strategies cost, in Chromium with a profile on disk. */
export const strategiesSuite: Suite = {
  name: 'strategies',
  about: 'tabs, invalidation, misses only, put',
  needsBrowser: true,
  run,
};

const path = 'strategies/page/strategies.html';
const tabs = 5;
const requestsPerTab = 20;
const originMs = 100;
/** ms of the models of `allMissOverhead`, rounds and requests in each. */
const models = [
  { ms: 0.2, rounds: 60, loops: 50 },
  { ms: 5, rounds: 40, loops: 10 },
  { ms: 50, rounds: 25, loops: 2 },
] as const;

async function run({ isQuick }: SuiteOptions): Promise<SuiteResult> {
  const site = await serveSite('strategies', [path]);
  const profile = await openProfile();
  const rounds = (count: number) => (isQuick ? Math.ceil(count / 5) : count);
  const open = async (host = 'localhost') => {
    const url = new URL(`${site.url}/${path}`);
    url.hostname = host;
    return openMeasuringPage<StrategyMeasures>(await profile.context.newPage(), url.href);
  };
  try {
    const misses = [];
    // One page for all, the quickest model first: it also is what has the browser compile our code, as in a page that has
    // been in use for some seconds.
    const page = await open();
    for (const { ms, rounds: count, loops } of models)
      misses.push({ ms, ...(await page('measureAllMisses', ms, rounds(count), loops)) });
    const puts = await (await open())('measurePuts', originMs, rounds(40));
    const [small, large] = [await open('small.localhost'), await open('large.localhost')];
    await small('openTagged', 1_000);
    await large('openTagged', isQuick ? 10_000 : 100_000);
    const removals = await interleave(rounds(40), {
      small: () => small('measureInvalidation'),
      large: () => large('measureInvalidation'),
    });
    const sharing = await measureSharing(
      await Promise.all(Array.from({ length: tabs }, () => open())),
      rounds(20),
    );
    return report(misses, puts, removals, sharing);
  } finally {
    await profile.close();
    await site.close();
  }
}

/** The same input asked for in all tabs at once, another one each round. */
async function measureSharing(
  pages: readonly Awaited<ReturnType<typeof openMeasuringPage<StrategyMeasures>>>[],
  rounds: number,
) {
  const modelMs = 100;
  await Promise.all(pages.map((page) => page('openShared', modelMs)));
  const runs: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const asked = await Promise.all(pages.map((page) => page('askAtOnce', round, requestsPerTab)));
    runs.push(asked.reduce((sum, tab) => sum + tab.runs, 0));
    times.push(Math.max(...asked.map(({ time }) => time)));
  }
  return { runs, times };
}

function report(
  misses: readonly { readonly ms: number; readonly predict: number[]; readonly engine: number[] }[],
  puts: { readonly through: number[]; readonly back: number[] },
  removals: { readonly small: number[]; readonly large: number[] },
  sharing: { readonly runs: number[]; readonly times: number[] },
): SuiteResult {
  const overheads = misses.map(({ ms, predict, engine }) => {
    const overhead = median(predict.map((value, round) => value - engine[round]!));
    return [
      [`allMissOverheadMs${ms}`, rounded(overhead)],
      [`allMissOverheadVsEngine${ms}`, rounded(median(ratios(predict, engine)))],
      // The goal: 2 % of the model or 0.1 ms, whichever is larger; at most 1.
      [`allMissOverheadOfAllowed${ms}`, rounded(overhead / Math.max(0.1, 0.02 * ms))],
    ] as const;
  });
  return {
    rows: [
      ...misses.flatMap(({ ms, predict, engine }) => [
        rowOf(`misses only, model of ${ms} ms: predict`, 'ms', predict),
        rowOf(`misses only, model of ${ms} ms: the engine called directly`, 'ms', engine),
      ]),
      rowOf(`put through to an origin ${originMs} ms away`, 'ms', puts.through),
      rowOf('put, written back', 'ms', puts.back),
      rowOf('100 entries removed by tag, of 1,000', 'ms', removals.small),
      rowOf('100 entries removed by tag, of 100,000', 'ms', removals.large),
      rowOf(`${tabs} tabs × ${requestsPerTab} identical requests, model of 100 ms`, 'ms', sharing.times),
    ],
    figures: {
      tabsCollapse: Math.max(...sharing.runs),
      invalidateTagGrowth: rounded(median(ratios(removals.large, removals.small))),
      ...Object.fromEntries(overheads.flat()),
      throughVsBack: rounded(median(ratios(puts.back, puts.through))),
    },
  };
}
