import type { Model } from '../model.js';
import type { Payload } from '../payload.js';

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

/** `onProgress` hears of the loading that a first run causes. */
export type RunOptions = LoadOptions;

/** One output per input of the batch, in order. */
export interface EngineResult {
  readonly outputs: readonly Payload[];
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

  availability(options: { readonly model: Model }): Promise<Availability>;

  /** Makes the model ready ahead of time. Resolves at once when it is. Without a call, the first `run` does it. */
  load(options: LoadOptions): Promise<void>;

  run(batch: readonly Payload[], options: RunOptions): Promise<EngineResult>;

  /** Settles all that is pending (with code `DISPOSED`) and gives back all resources. Final. */
  dispose(): Promise<void>;
}
