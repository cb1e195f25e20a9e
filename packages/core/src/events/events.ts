import type { AuditResult } from '../audit/audit.js';
import type { EngineSource, LoadProgress } from '../engines/engine.js';
import type { PredcacheError } from '../errors/predcacheError.js';
import type { Model } from '../model.js';
import type { OutboxEvent } from '../origin/outboxEvents.js';
import type { Selector } from '../tiers/selector.js';
import type { TierEvent, TierName } from '../tiers/tier.js';

/** Where a stored answer came from: a tier, or the app's own system of record. */
export type StoredSource = TierName | 'origin';

/** Where an answer came from: where it was stored, or where it was computed. */
export type Source = StoredSource | EngineSource;

/** Why something is computed that nobody waits for; `detached`: who did has left after it had begun. */
export type BackgroundPurpose = 'refresh' | 'prewarm' | 'audit' | 'detached';

/** Why a computed answer is not stored. */
export type NotStoredReason =
  /** `cacheable` said no, or failed. */
  | 'not-cacheable'
  /** It has NaN in it, and `storeNaN` is not set. */
  | 'nan'
  /** Its source says that nobody may keep it (`Cache-Control: no-store`). */
  | 'no-store'
  /** An invalidation came while it was computed. */
  | 'invalidated'
  /** The engine does not give the same for the same input. */
  | 'not-deterministic';

/**
 * What happened on the way of a prediction. Each request ends in exactly one of `hit`, `computed`, `collapsed`,
 * `aborted` and `failed`; the words are those of RFC 9211. Times are in ms.
 */
export type PipelineEvent =
  | {
      readonly type: 'hit';
      readonly key: string;
      readonly source: StoredSource;
      /** Past its `ttl`. */
      readonly isStale: boolean;
      /** From the call to the answer. */
      readonly latency: number;
      /** Since the entry was computed. */
      readonly age: number;
      /** What computing it took, less this request's latency; never below 0. */
      readonly timeSaved: number;
    }
  /** No tier knew it: it goes to an engine. */
  | { readonly type: 'miss'; readonly key: string }
  | {
      readonly type: 'computed';
      readonly key: string;
      readonly source: EngineSource;
      readonly backend: string;
      readonly latency: number;
      readonly cost: number;
    }
  /** Answered by a computation or look-up that another identical request had begun. */
  | { readonly type: 'collapsed'; readonly key: string; readonly source: Source; readonly latency: number }
  /** A tier was not asked: it costs more than it can be expected to save. */
  | { readonly type: 'bypass'; readonly key: string; readonly tier: TierName }
  /** Computed without anybody waiting for it. */
  | {
      readonly type: 'background';
      readonly purpose: BackgroundPurpose;
      readonly key: string;
      readonly source: Source;
      readonly backend: string;
      readonly cost: number;
    }
  /** A computation without anybody waiting for it failed; what was stored stays. */
  | {
      readonly type: 'background-failed';
      readonly purpose: BackgroundPurpose;
      readonly key: string;
      readonly error: PredcacheError;
    }
  /** A hit was compared with what the model computes now. */
  | ({ readonly type: 'audited' } & AuditResult)
  /** An answer was computed and not stored. */
  | { readonly type: 'not-stored'; readonly key: string; readonly reason: NotStoredReason }
  /** From now on nothing is stored: the engine says that it does not give the same for the same input. */
  | { readonly type: 'caching-off'; readonly source: EngineSource }
  | { readonly type: 'origin-error'; readonly operation: 'read' | 'write'; readonly error: PredcacheError }
  /** Entries were deleted on somebody's order: of this predictor, another one, or another tab. */
  | { readonly type: 'invalidated'; readonly selector: Selector }
  | { readonly type: 'model-updated'; readonly from: Model; readonly to: Model }
  | { readonly type: 'aborted'; readonly key: string | undefined }
  | { readonly type: 'failed'; readonly key: string | undefined; readonly error: PredcacheError }
  | { readonly type: 'stored'; readonly key: string; readonly tier: TierName; readonly size: number }
  /** An engine failed; another one, if there is one, is asked next. */
  | { readonly type: 'engine-error'; readonly source: EngineSource; readonly error: PredcacheError }
  | { readonly type: 'load'; readonly source: EngineSource; readonly progress: LoadProgress }
  | { readonly type: 'cleared' }
  | { readonly type: 'disposed' };

/** Everything a predictor reports: its own steps, and what its tiers say. */
export type PredictorEvent =
  | PipelineEvent
  | OutboxEvent
  | Exclude<TierEvent, { readonly type: 'invalidated' }>;

export type PredictorListener = (event: PredictorEvent) => void;
