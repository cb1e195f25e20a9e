/// <reference lib="esnext.disposable" preserve="true" />
import type { LoadProgress, ModelSignature } from './engines/engine.js';
import type { PredictorListener } from './events/events.js';
import type { PredictorStats } from './events/stats.js';
import type { Freshness } from './freshness.js';
import type { Model } from './model.js';
import type { FlushResult } from './origin/outbox.js';
import type { Payload } from './payload.js';
import type { Prediction } from './prediction.js';
import type { PrewarmOptions, PrewarmProgress } from './prewarm/prewarm.js';
import type { PackOptions, PackProgress } from './prewarm/prewarmFrom.js';
import type { EntryFacts } from './tiers/selector.js';

/** Which engine computes, and which one steps in; the words are those of Firebase AI Logic. */
export type InferenceMode = 'prefer_on_device' | 'only_on_device' | 'prefer_in_cloud' | 'only_in_cloud';

/** What may answer a request and whether its answer is stored, with the meaning of fetch()'s `cache`. */
export type CacheMode =
  /** A fresh stored answer, else a computed one, which is stored. */
  | 'default'
  /** Computed; nothing is read or stored. */
  | 'no-store'
  /** Computed, and stored in place of what was. */
  | 'reload'
  /** As `reload`; and `agrees` says whether what was stored is equal. */
  | 'no-cache'
  /** A stored answer however old, else a computed one. */
  | 'force-cache'
  /** A stored answer however old, else an error with the code `NOT_CACHED`. */
  | 'only-if-cached';

/**
 * How `put` and computed answers are written. `through`: a `put` settles once the origin and every tier have it. `back`:
 * once it is durable on this device; the origin has it later. `around`: past memory, which is left to what is asked for.
 */
export type WriteStrategy = 'through' | 'back' | 'around';

export interface PredictOptions extends Freshness {
  /**
   * Aborting rejects this call with the signal's reason. The work itself stops when its last caller has left, unless the
   * device has begun with it: then it comes to its end and is kept.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * ms after which this call rejects with `PREDICT_TIMEOUT` when it has no answer by then.
   *
   * @default the predictor's own
   */
  readonly timeout?: number | undefined;
  /** Overrides the predictor's own mode for this call. */
  readonly inferenceMode?: InferenceMode | undefined;
  /** @default 'default' */
  readonly cache?: CacheMode | undefined;
  /**
   * What the answer depends on beside the model, for `invalidate({ tags })`. An entry carries the tags of everybody who
   * asked for it.
   */
  readonly tags?: readonly string[] | undefined;
  /** Overrides the predictor's own strategy for this call. */
  readonly write?: WriteStrategy | undefined;
  /**
   * Whether to settle only once every tier has the answer.
   *
   * @default false: tiers fill in the background
   */
  readonly waitForTiers?: boolean | undefined;
}

export interface PutOptions {
  readonly tags?: readonly string[] | undefined;
  /** Overrides the predictor's own strategy for this call. */
  readonly write?: WriteStrategy | undefined;
  /** Ends the waiting; a write to the origin that was begun may still get there. */
  readonly signal?: AbortSignal | undefined;
}

/** Which entries to invalidate. All but `everything` concern this predictor's model. */
export type Invalidation<Input> =
  | { readonly input: Input }
  | { readonly inputs: readonly Input[] }
  /** Entries that carry at least one of the tags. */
  | { readonly tags: readonly string[] }
  /** Entries computed more than so many ms ago. */
  | { readonly olderThan: number }
  /** Entries that a function says yes to. */
  | { readonly where: (facts: EntryFacts) => boolean }
  /** A model's entries, by its `modelId`. */
  | { readonly model: string }
  /** All that the predictor's tiers hold, of every model. */
  | { readonly everything: true };

/** Cache-aside: for apps that steer themselves. Nothing here computes. */
export interface PredictorCache<Input, Output> {
  /** What is stored, in whatever tier, unless it is past its freshness. */
  get(input: Input): Promise<Prediction<Output> | undefined>;
  getMany(inputs: readonly Input[]): Promise<(Prediction<Output> | undefined)[]>;
  has(input: Input): Promise<boolean>;
  /**
   * Stores outputs as an engine would give them (before `decode`) and settles when every tier has them. The origin does
   * not hear of it: see `put`.
   */
  set(input: Input, outputs: Payload, options?: { readonly tags?: readonly string[] }): Promise<void>;
  delete(input: Input): Promise<void>;
}

export interface UpdateModelOptions {
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PredictorLoadOptions {
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Answers predictions from its tiers, else from its engines. Made by `createPredictor`. */
export interface Predictor<Input, Output> {
  readonly model: Model;

  /** 64 hexadecimal digits: the model's digest, by which tiers know it (`Entry.model`). */
  readonly modelId: string;

  /** Answers one input. Rejects with a `PredcacheError`, or with the reason of an aborted signal. */
  predict(input: Input, options?: PredictOptions): Promise<Prediction<Output>>;

  /**
   * Answers many, in order; rejects when one of them does (the others are still computed and kept). Of more than half of
   * `maxQueueLength` the rest waits its turn: they must not be changed before.
   */
  predictMany(inputs: readonly Input[], options?: PredictOptions): Promise<Prediction<Output>[]>;

  /**
   * The synchronous hit: what memory holds for this input, else `undefined`. Never throws, never computes, and
   * counts as a request only when it finds something.
   */
  peek(input: Input): Prediction<Output> | undefined;

  /** Loads the engine that would be asked first, ahead of the first miss. */
  load(options?: PredictorLoadOptions): Promise<void>;

  /**
   * What the model takes and gives: names, types and dims. Loads the model where need be.
   *
   * @throws {PredcacheError} `SIGNATURE_UNKNOWN` where no engine can tell; what loading rejects with.
   */
  signature(options?: { readonly signal?: AbortSignal | undefined }): Promise<ModelSignature>;

  /**
   * Hears every event until the returned function is called. Events come while things happen: a hit of `peek` is
   * reported before `peek` returns, so a listener that sets a component's state must do it later than that.
   */
  subscribe(listener: PredictorListener): () => void;

  stats(): PredictorStats;

  readonly cache: PredictorCache<Input, Output>;

  /**
   * Records what is right for an input, for instance a corrected label: it answers from now on, and the origin hears of
   * it as the write strategy says.
   *
   * @param outputs as an engine would give them, before `decode`
   */
  put(input: Input, outputs: Payload, options?: PutOptions): Promise<void>;

  /**
   * Delivers what waits for the origin, now. Without an outbox there is nothing to deliver.
   *
   * @throws {PredcacheError} `STORAGE_…` when the outbox cannot be read; the signal's reason.
   */
  flush(options?: { readonly signal?: AbortSignal | undefined }): Promise<FlushResult>;

  /**
   * Removes entries from every tier, in every tab. A computation that began before is not stored after it. Settles when
   * this tab's tiers have removed them.
   *
   * @example
   * await predictor.invalidate({ tags: ['user:42'] });
   */
  invalidate(what: Invalidation<Input>): Promise<void>;

  /** Removes this model's entries from every tier; what is being computed now will not be stored. */
  clear(): Promise<void>;

  /**
   * Computes beforehand what will be asked for. What is known is skipped; real requests go first; nothing is computed for
   * users who save data. Settles with what was done, also when the signal ends it.
   */
  prewarm(inputs: Iterable<Input> | AsyncIterable<Input>, options?: PrewarmOptions): Promise<PrewarmProgress>;

  /**
   * Loads a warm pack: a file of predictions computed beforehand, written by `npx predcache warm` or a tier's `export`.
   * Entries of other models are passed over.
   *
   * @throws {PredcacheError} `PACK_UNREACHABLE`, or `STORAGE_CORRUPT` where the file is none, or damaged; what was intact
   * is stored by then.
   */
  prewarmFrom(url: string | URL, options?: PackOptions): Promise<PackProgress>;

  /**
   * Goes over to another model: loads it beside the one in use, switches in one step, and then lets the old one's entries
   * go in idle time. Requests that have begun stay with the old one. On failure everything stays as it was.
   *
   * @param model what changes; the name stays unless given
   */
  updateModel(model: Partial<Model>, options?: UpdateModelOptions): Promise<void>;

  /**
   * Settles all that is pending (code `DISPOSED`) and lets go of tiers and engines, which close when no other
   * predictor uses them. Final.
   */
  dispose(): Promise<void>;

  /**
   * `dispose`, at the end of a block. Absent where the runtime has no `Symbol.asyncDispose`.
   *
   * @example
   * await using predictor = createPredictor({ model, onDevice });
   */
  [Symbol.asyncDispose](): PromiseLike<void>;
}
