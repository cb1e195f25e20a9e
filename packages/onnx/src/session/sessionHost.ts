import { type EngineResult, isPredcacheError, type Tensors } from '@predcache/core';
import { callListener } from '../callListener.js';
import { verifyIntegrity } from '../files/integrity.js';
import type { ReadModel } from '../files/modelFile.js';
import { GrowingPause } from '../growingPause.js';
import { createSession } from './createSession.js';
import { type ProgressReporter, ready } from './loadProgress.js';
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
  async load(model: ModelReference, options: JoinOptions = {}): Promise<void> {
    if (this.#sessions.has(modelIdentity(model))) callListener(options.onProgress, ready);
    else await this.#session(model, options);
  }

  /** Runs a batch; loads the model first where needed, unless that failed a moment ago. */
  async run(
    model: ModelReference,
    batch: readonly Tensors[],
    options: JoinOptions = {},
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

  async #session(model: ModelReference, options: JoinOptions): Promise<ModelSession> {
    const identity = modelIdentity(model);
    const known = this.#sessions.get(identity);
    if (known !== undefined) return known;
    return (this.#loads.get(identity) ?? this.#startLoad(identity, model)).join(options);
  }

  #startLoad(identity: string, model: ModelReference): SharedLoad<ModelSession> {
    const forget = () => {
      if (this.#loads.get(identity) === load) this.#loads.delete(identity);
    };
    const load: SharedLoad<ModelSession> = new SharedLoad({
      linger: this.#linger,
      onAbandoned: forget,
      start: async (signal, progress) => {
        try {
          const session = await this.#load(model, signal, progress);
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

  async #load(model: ModelReference, signal: AbortSignal, progress: ProgressReporter): Promise<ModelSession> {
    progress.runtime();
    const [ort, bytes] = await this.#runtimeAndFile(model, signal, progress);
    signal.throwIfAborted();
    progress.session(bytes.byteLength);
    const session = await createSession(ort, this.#runtime, bytes, model);
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
    signal: AbortSignal,
    progress: ProgressReporter,
  ): Promise<[OrtModule, Uint8Array<ArrayBuffer>]> {
    const download = new AbortController();
    const abort = () => download.abort(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      return await Promise.all([
        withTimeout(this.#runtime.start(), this.#runtimeTimeout, runtimeTimedOut),
        this.#checkedFile(model, download.signal, progress),
      ]);
    } catch (error) {
      download.abort(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #checkedFile(
    model: ModelReference,
    signal: AbortSignal,
    progress: ProgressReporter,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const read = async (fresh: boolean) => {
      const bytes = await this.#readModel(model, {
        signal,
        fresh,
        onBytes: (loaded, total) => progress.download(loaded, total),
      });
      if (model.integrity !== undefined) await verifyIntegrity(bytes, model.integrity, describeModel(model));
      return bytes;
    };
    try {
      return await read(false);
    } catch (error) {
      // An HTTP cache may go on giving the model of the last deployment, or the HTML of a broken one, for a year.
      const isOtherFile =
        isPredcacheError(error) && /^MODEL_(INTEGRITY_MISMATCH|NOT_A_MODEL)$/.test(error.code);
      if (!isOtherFile) throw error;
      return read(true);
    }
  }

  #noteFailure(identity: string, error: unknown): void {
    const failure = this.#failures.get(identity) ?? { pause: new GrowingPause({ forgiven: 1 }), error };
    failure.error = error;
    failure.pause.failed();
    this.#failures.set(identity, failure);
  }
}
