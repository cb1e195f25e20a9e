import type { EngineSource, LoadProgress } from '../engines/engine.js';
import type { PredcacheError } from '../errors/predcacheError.js';
import type { TierEvent, TierName } from '../tiers/tier.js';

/** Where an answer came from: a tier's name, or where it was computed. */
export type Source = TierName | EngineSource;

/**
 * What happened on the way of a prediction. Each request ends in exactly one of `hit`, `computed`, `collapsed`,
 * `aborted` and `failed`; the words are those of RFC 9211. Times are in ms.
 */
export type PipelineEvent =
  | {
      readonly type: 'hit';
      readonly key: string;
      readonly source: TierName;
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
  | { readonly type: 'aborted'; readonly key: string | undefined }
  | { readonly type: 'failed'; readonly key: string | undefined; readonly error: PredcacheError }
  | { readonly type: 'stored'; readonly key: string; readonly tier: TierName; readonly size: number }
  /** An engine failed; another one, if there is one, is asked next. */
  | { readonly type: 'engine-error'; readonly source: EngineSource; readonly error: PredcacheError }
  | { readonly type: 'load'; readonly source: EngineSource; readonly progress: LoadProgress }
  | { readonly type: 'cleared' }
  | { readonly type: 'disposed' };

/** Everything a predictor reports: its own steps, and what its tiers say. */
export type PredictorEvent = PipelineEvent | TierEvent;

export type PredictorListener = (event: PredictorEvent) => void;
