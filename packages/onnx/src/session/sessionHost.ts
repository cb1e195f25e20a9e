import type { EngineResult, Tensors } from '@predcache/core';
import { callListener } from '../callListener.js';
import type { ReadModel } from '../files/readModel.js';
import { GrowingPause } from '../growingPause.js';
import { createSession } from './createSession.js';
import { type ProgressReporter, ready } from './loadProgress.js';
import type { ModelCacheSettings } from './methods.js';
import type { ModelBytes } from './modelBytes.js';
import { describeModel, type ModelReference, modelIdentity } from './modelReference.js';
import type { ModelSession } from './modelSession.js';
import type { OrtModule, Runtime } from './runtime.js';
import { runtimeTimedOut } from './runtimeErrors.js';
import { type JoinOptions, SharedLoad } from './sharedLoad.js';
import { withTimeout } from './withTimeout.js';

export interface SessionHostOptions {
  readonly runtime: Runtime;
  readonly readModel: ReadModel;
  /** ms a download goes on when nobody waits for it any more. */
  readonly linger?: number;
  /** ms a load waits for the runtime at most. */
  readonly runtimeTimeout?: number;
}

export interface HostLoadOptions extends JoinOptions {
  /** @default false */
  readonly modelCache?: ModelCacheSettings | false | undefined;
}

interface Failure {
  readonly pause: GrowingPause;
  error: unknown;
}

/** Loads models and keeps one session each: the same in a worker and in Node. */
export class SessionHost {
  readonly #runtime: Runtime;
  readonly #readModel: ReadModel;
  readonly #linger: number;
  readonly #runtimeTimeout: number;
  readonly #sessions = new Map<string, ModelSession>();
  readonly #loads = new Map<string, SharedLoad<ModelSession>>();
  readonly #failures = new Map<string, Failure>();

  constructor({ runtime, readModel, linger = 1_000, runtimeTimeout = 120_000 }: SessionHostOptions) {
    this.#runtime = runtime;
    this.#readModel = readModel;
    this.#linger = linger;
    this.#runtimeTimeout = runtimeTimeout;
  }

  /** `available` when the model's session stands, `downloading` while it is being loaded. */
  state(model: ModelReference): 'available' | 'downloading' | 'downloadable' {
    const identity = modelIdentity(model);
    if (this.#sessions.has(identity)) return 'available';
    return this.#loads.has(identity) ? 'downloading' : 'downloadable';
  }

  /** Loads a model, also one that failed a moment ago. One that stands is reported as ready. */
  async load(model: ModelReference, options: HostLoadOptions = {}): Promise<void> {
    if (this.#sessions.has(modelIdentity(model))) callListener(options.onProgress, ready);
    else await this.#session(model, options);
  }

  /** Runs a batch; loads the model first where needed, unless that failed a moment ago. */
  async run(
    model: ModelReference,
    batch: readonly Tensors[],
    options: HostLoadOptions = {},
  ): Promise<EngineResult> {
    const identity = modelIdentity(model);
    const failure = this.#failures.get(identity);
    if (failure !== undefined && failure.pause.remaining > 0 && !this.#loads.has(identity))
      throw failure.error;
    const session = await this.#session(model, options);
    try {
      return await session.run(batch, options.signal);
    } catch (error) {
      throw this.#runtime.noteError(error, describeModel(model));
    }
  }

  /** Ends loads with the reason given and releases every session, each after the runs it has begun. */
  async dispose(reason: unknown): Promise<void> {
    for (const load of this.#loads.values()) load.abort(reason);
    const sessions = [...this.#sessions.values()];
    this.#loads.clear();
    this.#sessions.clear();
    await Promise.allSettled(sessions.map((session) => session.release()));
  }

  async #session(
    model: ModelReference,
    { modelCache = false, ...options }: HostLoadOptions,
  ): Promise<ModelSession> {
    const identity = modelIdentity(model);
    const known = this.#sessions.get(identity);
    if (known !== undefined) return known;
    return (this.#loads.get(identity) ?? this.#startLoad(identity, model, modelCache)).join(options);
  }

  #startLoad(
    identity: string,
    model: ModelReference,
    modelCache: ModelCacheSettings | false,
  ): SharedLoad<ModelSession> {
    const forget = () => {
      if (this.#loads.get(identity) === load) this.#loads.delete(identity);
    };
    const load: SharedLoad<ModelSession> = new SharedLoad({
      linger: this.#linger,
      onAbandoned: forget,
      start: async (signal, progress) => {
        try {
          const session = await this.#load(model, modelCache, signal, progress);
          this.#sessions.set(identity, session);
          this.#failures.delete(identity);
          return session;
        } catch (error) {
          if (!signal.aborted) this.#noteFailure(identity, error);
          throw error;
        } finally {
          forget();
        }
      },
    });
    this.#loads.set(identity, load);
    return load;
  }

  async #load(
    model: ModelReference,
    modelCache: ModelCacheSettings | false,
    signal: AbortSignal,
    progress: ProgressReporter,
  ): Promise<ModelSession> {
    progress.runtime();
    const [ort, bytes] = await this.#runtimeAndFile(model, modelCache, signal, progress);
    signal.throwIfAborted();
    progress.session(sizeOf(bytes));
    const session = await createSession(ort, this.#runtime, bytes.model, model);
    if (signal.aborted) {
      await session.release();
      throw signal.reason;
    }
    progress.ready();
    return session;
  }

  /** Both at once; when one fails, the other is not waited for. */
  async #runtimeAndFile(
    model: ModelReference,
    modelCache: ModelCacheSettings | false,
    signal: AbortSignal,
    progress: ProgressReporter,
  ): Promise<[OrtModule, ModelBytes]> {
    const download = new AbortController();
    const abort = () => download.abort(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      return await Promise.all([
        withTimeout(this.#runtime.start(), this.#runtimeTimeout, runtimeTimedOut),
        this.#readModel(model, {
          signal: download.signal,
          modelCache,
          onBytes: (loaded, total) => progress.download(loaded, total),
        }),
      ]);
    } catch (error) {
      download.abort(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #noteFailure(identity: string, error: unknown): void {
    const failure = this.#failures.get(identity) ?? { pause: new GrowingPause({ forgiven: 1 }), error };
    failure.error = error;
    failure.pause.failed();
    this.#failures.set(identity, failure);
  }
}

function sizeOf({ model, externalData }: ModelBytes): number {
  return externalData.reduce((size, { data }) => size + data.byteLength, model.byteLength);
}
