import type { LoadProgress } from './engines/engine.js';
import type { PredictorListener } from './events/events.js';
import type { PredictorStats } from './events/stats.js';
import type { Model } from './model.js';
import type { Prediction } from './prediction.js';

/** Which engine computes, and which one steps in; the words are those of Firebase AI Logic. */
export type InferenceMode = 'prefer_on_device' | 'only_on_device' | 'prefer_in_cloud' | 'only_in_cloud';

export interface PredictOptions {
  /** Aborting rejects this call with the signal's reason; the work itself stops when its last caller has left. */
  readonly signal?: AbortSignal | undefined;
  /** Overrides the predictor's own mode for this call. */
  readonly inferenceMode?: InferenceMode | undefined;
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

  /** Answers many, in order; rejects when one of them does (the others are still computed and kept). */
  predictMany(inputs: readonly Input[], options?: PredictOptions): Promise<Prediction<Output>[]>;

  /**
   * The synchronous hit: what memory holds for this input, else `undefined`. Never throws, never computes, and
   * counts as a request only when it finds something.
   */
  peek(input: Input): Prediction<Output> | undefined;

  /** Loads the engine that would be asked first, ahead of the first miss. */
  load(options?: PredictorLoadOptions): Promise<void>;

  /**
   * Hears every event until the returned function is called. Events come while things happen: a hit of `peek` is
   * reported before `peek` returns, so a listener that sets a component's state must do it later than that.
   */
  subscribe(listener: PredictorListener): () => void;

  stats(): PredictorStats;

  /** Removes this model's entries from every tier; what is being computed now will not be stored. */
  clear(): Promise<void>;

  /**
   * Settles all that is pending (code `DISPOSED`) and lets go of tiers and engines, which close when no other
   * predictor uses them. Final.
   */
  dispose(): Promise<void>;
}
