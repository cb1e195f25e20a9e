/// <reference lib="esnext.disposable" preserve="true" />
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import type { TensorType } from '../tensor.js';

/** Where an engine computes: on this device, or at a remote API. */
export type EngineSource = 'on_device' | 'in_cloud';

/** How far loading has come. `ratio` goes from 0 to 1 and never falls; `totalBytes` is absent while unknown. */
export interface LoadProgress {
  readonly phase: 'runtime' | 'download' | 'session' | 'ready';
  readonly loadedBytes: number;
  readonly totalBytes?: number | undefined;
  readonly ratio: number;
}

export interface Availability {
  readonly state: 'unavailable' | 'downloadable' | 'downloading' | 'available';
  /** Why, as a sentence, where the state alone does not say. */
  readonly reason?: string | undefined;
}

export interface LoadOptions {
  readonly model: Model;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Who waits: somebody at the screen, a stale answer being replaced, or nobody yet (prewarming, audits). */
export type Priority = 'user' | 'refresh' | 'background';

/** `onProgress` hears of the loading that a first run causes. */
export interface RunOptions extends LoadOptions {
  /**
   * Which of the runs that wait goes first.
   *
   * @default 'user'
   */
  readonly priority?: Priority | undefined;
  /**
   * For engines that cannot stop a run: called once when it has begun, the model being loaded. Its result will come, and
   * is worth keeping, even when nobody waits for it any more: the caller does not abort it then.
   */
  readonly onBegun?: (() => void) | undefined;
  /**
   * Whether the engine may take the inputs' buffers away, so that large ones need not be copied. The caller must not read
   * them afterwards.
   *
   * @default false
   */
  readonly mayTransfer?: boolean | undefined;
  /** By item: the validator of what is stored already. Only for engines that revalidate. */
  readonly etags?: readonly (string | undefined)[] | undefined;
}

/** How long a result may be used, as its source says (RFC 9111, 5861). All in ms. */
export interface ResultFreshness {
  /** `no-store`: nothing is kept. */
  readonly noStore?: boolean | undefined;
  /** What is left of its lifetime; 0: it is stale at once. Absent: the source does not say. */
  readonly ttl?: number | undefined;
  readonly staleWhileRevalidate?: number | undefined;
  readonly staleIfError?: number | undefined;
  /** Since it was computed at its source (`Age`). */
  readonly age?: number | undefined;
  /** To ask later whether it is still right. */
  readonly etag?: string | undefined;
}

/** What a model says of one of its inputs or outputs. */
export interface ValueSignature {
  readonly name: string;
  readonly type: TensorType;
  /**
   * Fixed sizes are numbers, named ones strings, others `undefined`. Empty for a scalar, and where the model does not say.
   */
  readonly dims: readonly (number | string | undefined)[];
}

/** What a model takes and gives, as it says itself. */
export interface ModelSignature {
  readonly inputs: readonly ValueSignature[];
  readonly outputs: readonly ValueSignature[];
  /** Whether inputs of equal shapes are computed together, along their first axis. */
  readonly isBatched: boolean;
}

/** One output per input of the batch, in order. */
export interface EngineResult {
  /** `undefined` only where `notModified` is true. */
  readonly outputs: readonly (Payload | undefined)[];
  /** What computed it, for instance `wasm`. */
  readonly backend: string;
  /** ms each item took, loading not counted. Absent: the caller divides the time of the run by the items. */
  readonly costs?: readonly number[] | undefined;
  /**
   * Whether the same input gives the same outputs. `false` turns caching off for the model.
   *
   * @default true
   */
  readonly isDeterministic?: boolean | undefined;
  /** By item: how long it may be used. Absent: as long as the predictor's options say. */
  readonly freshness?: readonly (ResultFreshness | undefined)[] | undefined;
  /** By item: what `etags` named is still right, and `outputs` has nothing in its place (undefined). */
  readonly notModified?: readonly boolean[] | undefined;
}

/**
 * Something that computes outputs from inputs. One engine may serve several models and predictors.
 * Every promise settles. An aborted call rejects with the signal's reason; any other failure is a `PredcacheError`.
 * `engineConformance` in `@predcache/core/testing` checks all of this.
 */
export interface Engine {
  /** For messages and logs, for instance `onnx`. */
  readonly name: string;
  /** How many `run` calls it takes at once. */
  readonly concurrency: number;
  /** How many inputs one `run` takes. */
  readonly maxBatchSize: number;
  /**
   * How many full batches it takes beyond `concurrency`, to begin with the next one while the answer to the one before
   * is still on its way.
   *
   * @default 0
   */
  readonly lookahead?: number | undefined;

  availability(options: { readonly model: Model }): Promise<Availability>;

  /** Makes the model ready ahead of time. Resolves at once when it is. Without a call, the first `run` does it. */
  load(options: LoadOptions): Promise<void>;

  run(batch: readonly Payload[], options: RunOptions): Promise<EngineResult>;

  /** What the model takes and gives. Loads it where need be. Absent for engines that cannot tell. */
  signature?(options: LoadOptions): Promise<ModelSignature>;

  /** Nobody uses the model any longer: gives back what it takes. A run of it would load it again. */
  unload?(options: { readonly model: Model }): Promise<void>;

  /** Settles all that is pending (with code `DISPOSED`) and gives back all resources. Final. */
  dispose(): Promise<void>;

  /** `dispose`, for `await using`. See `asyncDisposable`. */
  [Symbol.asyncDispose]?(): PromiseLike<void>;
}
