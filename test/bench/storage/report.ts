import { type Reloads, reloadRows, timesSooner } from '../reload/reloads.js';
import type { Row, SuiteResult } from '../suite.js';
import { median, ratios, type Samples } from '../support/samples.js';
import { rounded, rowOf } from '../support/table.js';
import type { measureGrowth } from './measureGrowth.js';
import type { measureOpening } from './measureOpening.js';
import type { WarmStart } from './page/warmStart.js';
import { fullScale, type Scale, smallRows } from './scale.js';

export interface Measured {
  readonly gets: Samples<'tier' | 'idb' | 'idbKeyval' | 'dexie' | 'localforage' | 'cacheApi'>;
  readonly batches: Samples<'tier' | 'idb' | 'idbKeyval' | 'dexie'>;
  readonly misses: Samples<'tier' | 'idb'>;
  readonly writes: Samples<'tier' | 'idb' | 'idbKeyval' | 'dexie'>;
  readonly warmStarts: { readonly tier: readonly WarmStart[]; readonly raw: number[] };
  readonly reloads: Reloads;
  readonly coldReloads: Reloads;
  readonly opening: Awaited<ReturnType<typeof measureOpening>>;
  readonly keysMemory: readonly number[];
  readonly growth: Awaited<ReturnType<typeof measureGrowth>>;
}

export function report(scale: Scale, measured: Measured): SuiteResult {
  const { gets, batches, misses, writes, reloads, coldReloads, keysMemory } = measured;
  const warm = warmStartReport(scale, measured.warmStarts);
  const growth = growthReport(scale, measured.growth);
  const opening = openingReport(scale, measured.opening);
  const getRatio = ratios(gets.tier, gets.idb);
  const batchRatio = ratios(batches.tier, batches.idb);
  const writeRatio = ratios(writes.tier, writes.idb);
  const missRatio = ratios(misses.tier, misses.idb);
  const sooner = timesSooner(reloads);
  const coldSooner = timesSooner(coldReloads);
  return {
    rows: [
      ...contestants('get', gets),
      rowOf('get: tier over bare idb', '×', getRatio),
      ...contestants('getMany of 32', batches),
      rowOf('getMany of 32: tier over bare idb', '×', batchRatio),
      ...contestants('setMany of 100', writes),
      rowOf('setMany of 100: tier over bare idb', '×', writeRatio),
      rowOf('miss: tier', 'µs', misses.tier, 1000),
      rowOf('miss: bare idb', 'µs', misses.idb, 1000),
      rowOf('miss: tier over bare idb', '×', missRatio),
      ...warm.rows,
      ...reloadRows('reload', reloads),
      ...reloadRows('reload on a slow link', coldReloads),
      ...growth.rows,
      ...opening.rows,
      rowOf(`open ${grouped(scale.largeRows)}: memory for the keys`, 'MB', keysMemory, 1e-6),
    ],
    ...(scale === fullScale
      ? {}
      : {
          text: `Quick: ${grouped(scale.largeRows)} rows stand for ${grouped(fullScale.largeRows)}, and ${grouped(scale.warmRows)} for ${grouped(fullScale.warmRows)}. Not to be compared with other figures.`,
        }),
    figures: {
      getVsRaw: rounded(median(getRatio)),
      idbKeyvalGetVsRaw: rounded(median(ratios(gets.idbKeyval, gets.idb))),
      dexieGetVsRaw: rounded(median(ratios(gets.dexie, gets.idb))),
      localforageGetVsRaw: rounded(median(ratios(gets.localforage, gets.idb))),
      cacheApiGetVsRaw: rounded(median(ratios(gets.cacheApi, gets.idb))),
      getMany32VsRaw: rounded(median(batchRatio)),
      setMany100VsRaw: rounded(median(writeRatio)),
      missVsRaw: rounded(median(missRatio)),
      ...warm.figures,
      reloadToAnswerVsOrt: sooner.fromNavigation,
      scriptToAnswerVsOrt: sooner.fromScript,
      coldReloadToAnswerVsOrt: coldSooner.fromNavigation,
      coldScriptToAnswerVsOrt: coldSooner.fromScript,
      ...growth.figures,
      ...opening.figures,
      keysMemoryBytes: Math.round(median(keysMemory)),
    },
  };
}

interface Part {
  readonly rows: Row[];
  readonly figures: Readonly<Record<string, number>>;
}

const names: Readonly<Record<string, string>> = {
  tier: 'tier',
  idb: 'bare idb',
  idbKeyval: 'idb-keyval',
  dexie: 'Dexie',
  localforage: 'localforage',
  cacheApi: 'Cache API',
};

function contestants(what: string, samples: Samples): Row[] {
  return Object.entries(samples).map(([name, values]) => rowOf(`${what}: ${names[name]}`, 'ms', values));
}

function warmStartReport({ warmRows }: Scale, { tier, raw }: Measured['warmStarts']): Part {
  const what = `warm start, ${grouped(warmRows)}`;
  const how = tier.every(({ isFromHotSet }) => isFromHotSet) ? '' : ' (without hot set)';
  const answered = tier.map((start) => start.answered);
  const ready = tier.map((start) => start.ready);
  const synchronous = tier.map((start) => start.synchronous);
  const ratio = ratios(synchronous, raw);
  return {
    rows: [
      rowOf(`${what}: all can answer${how}`, 'ms', synchronous),
      rowOf(`${what}: all have answered${how}`, 'ms', answered),
      rowOf(`${what}: tier ready${how}`, 'ms', ready),
      rowOf(`${what}: bare idb, open and getAll`, 'ms', raw),
      rowOf(`${what}: tier over bare idb${how}`, '×', ratio),
    ],
    figures: {
      warmStart10k: rounded(median(ratio)),
      warmStartAnswered10k: rounded(median(ratios(answered, raw))),
      warmStartReady10k: rounded(median(ratios(ready, raw))),
    },
  };
}

function growthReport({ largeRows }: Scale, { get, put, evict }: Measured['growth']): Part {
  const times = {
    small: evict.small.map(({ time }) => time),
    large: evict.large.map(({ time }) => time),
  };
  const evicted = {
    small: evict.small.map((round) => round.evicted),
    large: evict.large.map((round) => round.evicted),
  };
  const timesPerRow = {
    small: ratios(times.small, evicted.small),
    large: ratios(times.large, evicted.large),
  };
  const getRatio = ratios(get.large, get.small);
  const putRatio = ratios(put.large, put.small);
  const evictRatio = ratios(times.large, times.small);
  const rowRatio = ratios(timesPerRow.large, timesPerRow.small);
  const at = (what: string, unit: string, samples: Samples<'small' | 'large'>) => [
    rowOf(`${what} at ${grouped(smallRows)}`, unit, samples.small),
    rowOf(`${what} at ${grouped(largeRows)}`, unit, samples.large),
  ];
  return {
    rows: [
      ...at('growth: get', 'ms', get),
      rowOf('growth: get, large over small', '×', getRatio),
      ...at('growth: setMany of 100', 'ms', put),
      rowOf('growth: setMany of 100, large over small', '×', putRatio),
      ...at('growth: a put that evicts', 'ms', times),
      rowOf('growth: a put that evicts, large over small', '×', evictRatio),
      ...at('growth: rows that it evicts', 'rows', evicted),
      rowOf('growth: a put that evicts, per row evicted, large over small', '×', rowRatio),
    ],
    figures: {
      growthGet: rounded(median(getRatio)),
      growthPut: rounded(median(putRatio)),
      growthEvict: rounded(median(evictRatio)),
      growthEvictPerRow: rounded(median(rowRatio)),
    },
  };
}

/** Below it, browsers report no task. */
const longTask = 50;

function openingReport({ largeRows }: Scale, { opened, idle }: Measured['opening']): Part {
  const what = `open ${grouped(largeRows)}`;
  const values = (watched: typeof opened, name: 'longestTask' | 'largestGap' | 'time') =>
    watched.map((each) => each[name]);
  // Where no task was reported, the longest one took no more than that, nor than the largest gap.
  const longestTasks = (watched: typeof opened) =>
    watched.map(({ longestTask, largestGap }) =>
      longestTask > 0 ? longestTask : Math.min(longTask, largestGap),
    );
  const longest = longestTasks(opened);
  const longestIdle = longestTasks(idle);
  return {
    rows: [
      rowOf(`${what}: until ready, watched`, 'ms', values(opened, 'time')),
      rowOf(`${what}: longest task`, 'ms', longest),
      rowOf(`${what}: largest gap between ticks`, 'ms', values(opened, 'largestGap')),
      rowOf('page that does nothing: longest task', 'ms', longestIdle),
      rowOf('page that does nothing: largest gap between ticks', 'ms', values(idle, 'largestGap')),
    ],
    figures: {
      openLongestTaskMs: rounded(Math.max(...longest)),
      // On a busy machine a task is long because it has to wait for a core. This one has nothing else to be long for.
      idleLongestTaskMs: rounded(Math.max(...longestIdle)),
    },
  };
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
