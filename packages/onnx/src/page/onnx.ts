import type { Engine } from '@predcache/core';
import { OnnxEngine } from './onnxEngine.js';

export interface OnnxOptions {
  /**
   * Makes the worker: a file of the app's own with the one line `import '@predcache/onnx/worker'`, so that every
   * bundler understands it. The engine owns what it returns: an error that nothing in there catches ends it, and so
   * does `dispose`. Called on the first `load` or `run`, and again when a worker has ended.
   *
   * @example
   * worker: () => new Worker(new URL('./predict.worker.ts', import.meta.url), { type: 'module' })
   */
  readonly worker: () => Worker;

  /**
   * ms a new worker has to load its script and set up. Models and the wasm of the runtime are not part of it.
   *
   * @default 30_000
   */
  readonly startTimeout?: number | undefined;

  /**
   * ms that a worker with work to do may give no sign of life before it is ended and its calls reject with
   * `WORKER_TIMEOUT`. One input must take less; loading and a batch of many inputs may take longer.
   *
   * @default 60_000
   */
  readonly runTimeout?: number | undefined;

  /**
   * Whether the tabs of this origin share the worker and its models: one of them has the worker, and answers for all.
   * When it is closed, or gives no sign of life for 5 s, another one takes over; no call is lost. Where the browser has no Web Locks
   * (which need a secure context) or no BroadcastChannel, each tab has its own worker.
   *
   * Engines with the same settings share. `{ name }` keeps several such engines of one origin apart: those, above all,
   * whose worker files differ.
   *
   * @default false
   * @example
   * share: { name: 'search' }
   */
  readonly share?: boolean | { readonly name: string } | undefined;
}

/**
 * The on-device engine: runs ONNX models in a Web Worker on ONNX Runtime's wasm backend, one thread. Making it does
 * nothing yet: the worker starts, and the runtime and the model are fetched, on the first `load` or `run`. One engine
 * may serve several models.
 *
 * Errors: `OPTIONS_INVALID`, `INPUT_REJECTED`, `ENGINE_FAILED`, `OUTPUT_INVALID`, the `MODEL_…`, `RUNTIME_…` and
 * `WORKER_…` codes, `DISPOSED`.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` for options that are not what they should be.
 *
 * @example
 * const engine = onnx({
 *   worker: () => new Worker(new URL('./predict.worker.ts', import.meta.url), { type: 'module' }),
 * });
 * const model = { name: 'language-id', version: '1', url: '/models/language-id.onnx' };
 * const { outputs } = await engine.run([{ chars: { type: 'int32', dims: [1, 3], data: Int32Array.of(7, 8, 9) } }], { model });
 */
export function onnx(options: OnnxOptions): Engine {
  return new OnnxEngine(options);
}
