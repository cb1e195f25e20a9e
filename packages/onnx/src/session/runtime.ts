import { PredcacheError } from '@predcache/core';
import { isRuntimeCrash, runtimeCrashed, runtimeUnavailable } from './runtimeErrors.js';

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

/** The one instance of ONNX Runtime that this realm has. It starts when first asked for and cannot start twice. */
export class Runtime {
  readonly #importOrt: () => Promise<OrtModule>;
  #started: Promise<OrtModule> | undefined;
  #crash: unknown;

  constructor(importOrt: () => Promise<OrtModule>) {
    this.#importOrt = importOrt;
  }

  /** @throws {PredcacheError} `RUNTIME_UNAVAILABLE`: it did not start now or earlier, or has crashed. */
  start(): Promise<OrtModule> {
    if (this.#crash !== undefined) return Promise.reject(runtimeUnavailable(this.#crash));
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Passes an error on; a crash of the runtime is remembered, since nothing may run in it any more. */
  noteError(error: unknown, where: string): unknown {
    if (!isRuntimeCrash(error)) return error;
    this.#crash ??= error;
    return runtimeCrashed(error, where);
  }

  async #start(): Promise<OrtModule> {
    try {
      const ort = await this.#importOrt();
      // With one thread a prediction's bits do not depend on the machine, nor on what else is in its batch.
      ort.env.wasm.numThreads = 1;
      const session = await ort.InferenceSession.create(smallestModel, { executionProviders: ['wasm'] });
      await session.release();
      return ort;
    } catch (cause) {
      throw cause instanceof PredcacheError ? cause : runtimeUnavailable(cause);
    }
  }
}
