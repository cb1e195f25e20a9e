export type {
  Availability,
  Engine,
  EngineResult,
  EngineSource,
  LoadOptions,
  LoadProgress,
  RunOptions,
} from './engines/engine.js';
export type { Entry } from './entry.js';
export {
  type ErrorCode,
  isPredcacheError,
  PredcacheError,
  type PredcacheErrorInit,
} from './errors/predcacheError.js';
export type { PipelineEvent, PredictorEvent, PredictorListener, Source } from './events/events.js';
export type { LatencyStats, PredictorStats } from './events/stats.js';
export type { Model } from './model.js';
export type { JsonValue, Payload } from './payload.js';
export type { Prediction } from './prediction.js';
export type { InferenceMode, PredictOptions, Predictor, PredictorLoadOptions } from './predictor.js';
export type { Tensor, TensorData, TensorDataMap, Tensors, TensorType } from './tensor.js';
export type {
  MaybePromise,
  Selector,
  Tier,
  TierEvent,
  TierListener,
  TierName,
  TierUsage,
} from './tiers/tier.js';
