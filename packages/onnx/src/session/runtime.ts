import { PredcacheError } from '@predcache/core';
import type { Backend, ExecutionProviders, PreparedBackend } from '../backends/backend.js';
import { wasm } from '../backends/wasm.js';
import { isRuntimeCrash, runtimeCrashed, runtimeUnavailable, threadsTimedOut } from './runtimeErrors.js';
import { withTimeout } from './withTimeout.js';

export type OrtModule = typeof import('onnxruntime-web');

/**
 * The smallest model there is: `y = Identity(x)`. Building a session of it starts the runtime by itself, so that a
 * runtime that cannot start is told from a model that cannot be read, and starts while the model is downloading.
 */
const smallestModel = Uint8Array.from(
  atob(
    'CAgSD3ByZWRjYWNoZS10ZXN0czo6ChAKAXgSAXkiCElkZW50aXR5EgR0ZXN0Wg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQDQ==',
  ),
  (character) => character.charCodeAt(0),
);

/** ms in which a runtime with several threads must start: one that waits for them says nothing. */
const threadsTimeout = 60_000;

/** The one instance of ONNX Runtime that this realm has. It starts when first asked for and cannot start twice. */
export class Runtime {
  readonly #importOrt: () => Promise<OrtModule>;
  readonly #backend: Backend;
  #started: Promise<OrtModule> | undefined;
  #prepared: PreparedBackend | undefined;
  #crash: unknown;

  constructor(importOrt: () => Promise<OrtModule>, backend: Backend = wasm) {
    this.#importOrt = importOrt;
    this.#backend = backend;
  }

  /** How it computes. Known when it has started. */
  get backend(): PreparedBackend {
    if (this.#prepared === undefined) throw new Error('The runtime has not started');
    return this.#prepared;
  }

  /**
   * @param threads how many to compute with; counts when it is asked for first
   * @throws {PredcacheError} `RUNTIME_UNAVAILABLE`: it did not start now or earlier, or has crashed. `details.threads`
   *   where it was to have several: another realm may be luckier with one.
   */
  start(threads?: number): Promise<OrtModule> {
    if (this.#crash !== undefined) return Promise.reject(runtimeUnavailable(this.#crash));
    this.#started ??= this.#start(threads);
    return this.#started;
  }

  /** Passes an error on; a crash of the runtime is remembered, since nothing may run in it any more. */
  noteError(error: unknown, where: string): unknown {
    if (!isRuntimeCrash(error)) return error;
    this.#crash ??= error;
    return runtimeCrashed(error, where);
  }

  async #start(wanted: number | undefined): Promise<OrtModule> {
    let threads = 1;
    try {
      const ort = await this.#importOrt();
      this.#prepared = await this.#backend.prepare(ort, wanted);
      const { executionProviders } = this.#prepared;
      ({ threads } = this.#prepared);
      const firstSession = this.#prepared.exclusively(() => buildAndRelease(ort, executionProviders));
      await (threads > 1 ? withTimeout(firstSession, threadsTimeout, threadsTimedOut) : firstSession);
      return ort;
    } catch (cause) {
      throw cause instanceof PredcacheError ? cause : runtimeUnavailable(cause, threads);
    }
  }
}

async function buildAndRelease(ort: OrtModule, executionProviders: ExecutionProviders): Promise<void> {
  const session = await ort.InferenceSession.create(smallestModel, { executionProviders });
  await session.release();
}
