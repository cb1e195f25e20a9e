import type { EngineResult, ModelSignature } from '@predcache/core';
import { callListener } from '../callListener.js';
import type { ReadModel } from '../files/readModel.js';
import { GrowingPause } from '../growingPause.js';
import { createSession } from './createSession.js';
import { type ProgressReporter, ready } from './loadProgress.js';
import type { ModelArgument, ModelCacheSettings, RunArgument, SessionSettings } from './methods.js';
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
  readonly #identities = new WeakMap<ModelReference, string>();

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
  async load(argument: ModelArgument, options: JoinOptions = {}): Promise<void> {
    if (this.#sessions.has(modelIdentity(argument.model))) callListener(options.onProgress, ready);
    else await this.#withSession(argument, options, async () => {});
  }

  /** Runs a batch; loads the model first where needed, unless that failed a moment ago. */
  async run(argument: RunArgument, options: JoinOptions = {}): Promise<EngineResult> {
    const { model, settings, batch } = argument;
    if (this.#failures.size > 0) this.#refuseWhatFailedLately(model);
    return this.#withSession(argument, options, async (session) => {
      try {
        return await session.run(batch, { batching: settings.batching, signal: options.signal });
      } catch (error) {
        throw this.#runtime.noteError(error, describeModel(model));
      }
    });
  }

  /** What the model says of itself; loads it where needed. */
  signature(argument: ModelArgument, options: JoinOptions = {}): Promise<ModelSignature> {
    return this.#withSession(argument, options, async (session) =>
      session.signature(argument.settings.batching),
    );
  }

  /** Releases the model's session after the runs it has begun. A load that somebody waits for goes on. */
  async unload({ model }: ModelArgument): Promise<void> {
    const identity = modelIdentity(model);
    this.#loads.get(identity)?.abandonUnlessWaitedFor();
    const session = this.#sessions.get(identity);
    this.#sessions.delete(identity);
    this.#failures.delete(identity);
    await session?.release();
  }

  /** Ends loads with the reason given and releases every session, each after the runs it has begun. */
  async dispose(reason: unknown): Promise<void> {
    for (const load of this.#loads.values()) load.abort(reason);
    const sessions = [...this.#sessions.values()];
    this.#loads.clear();
    this.#sessions.clear();
    await Promise.allSettled(sessions.map((session) => session.release()));
  }

  /** Begins the task in the same turn in which the session is known to stand: a turn later it may be released. */
  async #withSession<T>(
    argument: ModelArgument,
    options: JoinOptions,
    task: (session: ModelSession) => Promise<T>,
  ): Promise<T> {
    const identity = this.#identityOf(argument.model);
    let session = this.#sessions.get(identity);
    while (session === undefined || session.isReleased) {
      const load = this.#loads.get(identity) ?? this.#startLoad(identity, argument);
      session = await load.join(options);
    }
    return task(session);
  }

  /** A worker is told of a model once, and runs it often. */
  #identityOf(model: ModelReference): string {
    const identity = this.#identities.get(model) ?? modelIdentity(model);
    this.#identities.set(model, identity);
    return identity;
  }

  #refuseWhatFailedLately(model: ModelReference): void {
    const identity = modelIdentity(model);
    const failure = this.#failures.get(identity);
    if (failure !== undefined && failure.pause.remaining > 0 && !this.#loads.has(identity))
      throw failure.error;
  }

  #startLoad(identity: string, { model, settings }: ModelArgument): SharedLoad<ModelSession> {
    const forget = () => {
      if (this.#loads.get(identity) === load) this.#loads.delete(identity);
    };
    const load: SharedLoad<ModelSession> = new SharedLoad({
      linger: this.#linger,
      onAbandoned: forget,
      start: async (signal, progress) => {
        try {
          const session = await this.#load(model, settings, signal, progress);
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
    settings: SessionSettings,
    signal: AbortSignal,
    progress: ProgressReporter,
  ): Promise<ModelSession> {
    progress.runtime();
    // It is waited for below. What is asked for first decides how many threads it has.
    this.#runtime.start(settings.threads).catch(() => {});
    const [ort, files] = await this.#runtimeAndFiles(model, settings.modelCache, signal, progress);
    signal.throwIfAborted();
    progress.session(sizeOf(files));
    const session = await createSession(ort, this.#runtime, files, model);
    if (signal.aborted) {
      await session.release();
      throw signal.reason;
    }
    progress.ready();
    return session;
  }

  /** Both at once; when one fails, the other is not waited for. */
  async #runtimeAndFiles(
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
