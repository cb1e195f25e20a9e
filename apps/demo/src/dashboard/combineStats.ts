import type { LatencyStats, PredictorStats, Source } from '@predcache/core';

/** What the dashboard shows, of all predictors of the page together. */
export interface DashboardStats {
  readonly requests: number;
  readonly hits: number;
  readonly misses: number;
  /** Requests that shared another one's computation or look-up; they are hits or misses as well. */
  readonly collapsed: number;
  readonly aborted: number;
  readonly failures: number;
  readonly hitRatio: number;
  readonly timeSaved: number;
  /** Answers by each source, and what they typically took in ms (absent while there are none). */
  readonly bySource: Readonly<Record<StationName, { readonly answers: number; readonly latency?: number }>>;
  /** Bytes; `undefined` while not known. */
  readonly memoryBytes: number | undefined;
  readonly diskBytes: number | undefined;
}

/** The places of this page that answer, in the order in which they are asked. */
export const stations = ['memory', 'indexeddb', 'on_device', 'in_cloud'] as const satisfies readonly Source[];
export type StationName = (typeof stations)[number];

/** Adds up the stats of predictors that share their tiers. */
export function combineStats(all: readonly PredictorStats[]): DashboardStats {
  const sum = (read: (stats: PredictorStats) => number) =>
    all.reduce((total, stats) => total + read(stats), 0);
  const hits = sum((stats) => stats.hits);
  const misses = sum((stats) => stats.misses);
  const bySource = Object.fromEntries(
    stations.map((station) => [station, stationOf(station, all)]),
  ) as DashboardStats['bySource'];
  return {
    requests: sum((stats) => stats.requests),
    hits,
    misses,
    collapsed: sum((stats) => stats.collapsed),
    aborted: sum((stats) => stats.aborted),
    failures: sum((stats) => stats.failures),
    hitRatio: hits === 0 ? 0 : hits / (hits + misses),
    timeSaved: sum((stats) => stats.timeSaved),
    bySource,
    memoryBytes: bytesOf('memory', all),
    diskBytes: bytesOf('indexeddb', all),
  };
}

function stationOf(
  station: StationName,
  all: readonly PredictorStats[],
): { answers: number; latency?: number } {
  const answers = all.reduce((total, stats) => total + answersOf(station, stats), 0);
  const latencies = all.flatMap((stats) => stats.latency[station] ?? []);
  const latency = typical(latencies);
  return latency === undefined ? { answers } : { answers, latency };
}

function answersOf(station: StationName, { hitsByTier, computedBy }: PredictorStats): number {
  return station === 'memory' || station === 'indexeddb' ? hitsByTier[station] : computedBy[station];
}

/** Medians cannot be added up exactly; weighted by their counts they come close enough for a display. */
function typical(latencies: readonly LatencyStats[]): number | undefined {
  const count = latencies.reduce((total, stats) => total + stats.count, 0);
  if (count === 0) return undefined;
  return latencies.reduce((total, stats) => total + (stats.p50 * stats.count) / count, 0);
}

/** The tier is one and the same for all: any of them that has heard of it will do. */
function bytesOf(tier: 'memory' | 'indexeddb', all: readonly PredictorStats[]): number | undefined {
  return all.find((stats) => stats.tiers[tier] !== undefined)?.tiers[tier]?.bytes;
}
