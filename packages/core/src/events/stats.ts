import type { Agreement } from '../comparePayloads.js';
import type { EngineSource } from '../engines/engine.js';
import type { OutboxStats } from '../origin/outboxEvents.js';
import type { TierName, TierUsage } from '../tiers/tier.js';
import type { BackgroundPurpose, Source, StoredSource } from './events.js';

/** Latencies in ms, from the call to the answer. Percentiles are within 10 % (logarithmic buckets). */
export interface LatencyStats {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Counts since the predictor was made. A snapshot: it does not change once taken. */
export interface PredictorStats {
  /** `hits + misses + failures + aborted`. */
  readonly requests: number;
  /** Answered by a tier; requests that shared another one's look-up included. */
  readonly hits: number;
  /** Answered by an engine; `collapsed` ones included. */
  readonly misses: number;
  /** Requests that shared another one's computation or look-up; they are hits or misses as well. */
  readonly collapsed: number;
  readonly failures: number;
  readonly aborted: number;
  /** `hits / (hits + misses)`, 0 to 1; 0 while there are none. */
  readonly hitRatio: number;
  /** Look-ups that found something; without the requests that shared one. */
  readonly hitsByTier: Readonly<Record<StoredSource, number>>;
  /** Hits past their `ttl`, `collapsed` ones not counted. */
  readonly staleHits: number;
  /** Look-ups in tiers that were spared because they cost more than they can be expected to save. */
  readonly bypassed: number;
  /** Computed without anybody waiting for it. */
  readonly background: Readonly<Record<BackgroundPurpose, number>>;
  /** Hits compared with what the model computes now, by what was found. */
  readonly audits: Readonly<Record<Agreement, number>>;
  readonly computedBy: Readonly<Record<EngineSource, number>>;
  /** ms that hits saved: what computing took, less what the look-up took; a hit slower than computing counts as 0. */
  readonly timeSaved: number;
  /** What waits for the origin, as last heard; absent without an outbox. */
  readonly outbox?: OutboxStats | undefined;
  readonly stored: number;
  readonly evictions: number;
  /** Entries that tiers removed because they were older than their `ttl`. */
  readonly expirations: number;
  readonly tierErrors: number;
  readonly engineErrors: number;
  /** By source; a source that never answered is absent. */
  readonly latency: Readonly<Partial<Record<Source, LatencyStats>>>;
  /** What each tier last said of itself; entries and bytes are of the whole tier, which predictors may share. */
  readonly tiers: Readonly<Partial<Record<TierName, TierUsage>>>;
}
