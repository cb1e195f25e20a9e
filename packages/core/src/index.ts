export { asyncDisposable } from './asyncDisposable.js';
export type { AuditOptions, AuditResult } from './audit/audit.js';
export type { Agreement, Comparison } from './comparePayloads.js';
export { createPredictor } from './createPredictor.js';
export type {
  Availability,
  Engine,
  EngineResult,
  EngineSource,
  LoadOptions,
  LoadProgress,
  ModelSignature,
  Priority,
  ResultFreshness,
  RunOptions,
  ValueSignature,
} from './engines/engine.js';
export { type FunctionContext, type FunctionEngineOptions, fromFunction } from './engines/fromFunction.js';
export type { Entry } from './entry.js';
export {
  type DecodeEntryOptions,
  decodeEntry,
  type EntryReading,
} from './entryFormat/decodeEntry.js';
export { encodeEntry } from './entryFormat/encodeEntry.js';
export { type DecodeEntriesOptions, decodeEntries } from './entryFormat/stream/decodeEntries.js';
export { type EncodeEntriesOptions, encodeEntries } from './entryFormat/stream/encodeEntries.js';
export { xxHash32 } from './entryFormat/xxHash32.js';
export { entrySize } from './entrySize.js';
export {
  type ErrorCode,
  isPredcacheError,
  PredcacheError,
  type PredcacheErrorInit,
} from './errors/predcacheError.js';
export { describeError, toPredcacheError } from './errors/toPredcacheError.js';
export type {
  BackgroundPurpose,
  NotStoredReason,
  PipelineEvent,
  PredictorEvent,
  PredictorListener,
  Source,
  StoredSource,
} from './events/events.js';
export { Listeners } from './events/listeners.js';
export type { LatencyStats, PredictorStats } from './events/stats.js';
export type { EntryFreshness, Freshness } from './freshness.js';
export { canonicalJson } from './keys/canonicalJson.js';
export { keyOf } from './keys/keyOf.js';
export { bytesToHex } from './keys/sha256.js';
export type { ExternalData, Model } from './model.js';
export { nextTask } from './nextTask.js';
export { type MemoryOutboxOptions, memoryOutbox } from './origin/memoryOutbox.js';
export type { Origin, OriginCallOptions, OriginWrite } from './origin/origin.js';
export { type FlushResult, Outbox } from './origin/outbox.js';
export type { OutboxEvent, OutboxListener, OutboxStats } from './origin/outboxEvents.js';
export { outboxFull } from './origin/outboxFull.js';
export type { OutboxOptions } from './origin/outboxOptions.js';
export type { OutboxReadOptions, OutboxRecord, OutboxStore, OutboxUsage } from './origin/outboxStore.js';
export type { JsonValue, Payload } from './payload.js';
export type { BackgroundDownload } from './pipeline/routing/backgroundDownload.js';
export type { RoutingOptions } from './pipeline/routing/routingOptions.js';
export type { TierSkipping } from './pipeline/tierGauge.js';
export type { EvictionPolicy } from './policies/evictionPolicy.js';
export { fifo } from './policies/fifo.js';
export { gdsf } from './policies/gdsf.js';
export { type LfuOptions, lfu } from './policies/lfu.js';
export { lru } from './policies/lru.js';
export { type RandomOptions, random } from './policies/random.js';
export { s3fifo } from './policies/s3fifo.js';
export { sieve } from './policies/sieve.js';
export { SlotLists } from './policies/slotLists.js';
export { wTinyLfu } from './policies/wTinyLfu.js';
export type { Prediction } from './prediction.js';
export type {
  CacheMode,
  InferenceMode,
  Invalidation,
  PredictOptions,
  Predictor,
  PredictorCache,
  PredictorLoadOptions,
  PutOptions,
  UpdateModelOptions,
  WriteStrategy,
} from './predictor.js';
export type { PredictorOptions } from './predictorOptions.js';
export type { PrewarmOptions, PrewarmProgress } from './prewarm/prewarm.js';
export type { PackOptions, PackProgress } from './prewarm/prewarmFrom.js';
export type { Tensor, TensorData, TensorDataMap, Tensors, TensorType } from './tensor.js';
export { isTensorType } from './tensorTypes.js';
export { type MemoryTier, memory } from './tiers/memory.js';
export type { MemoryOptions } from './tiers/memoryOptions.js';
export type { MemoryCounts, MemoryStats } from './tiers/memoryStats.js';
export { type EntryFacts, type Selector, selects } from './tiers/selector.js';
export type {
  EvictionReason,
  MaybePromise,
  SetOptions,
  Tier,
  TierEvent,
  TierListener,
  TierName,
  TierUsage,
} from './tiers/tier.js';
export { looksLikeTensors, validateTensors } from './validateTensors.js';
