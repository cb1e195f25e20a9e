import { asyncDisposable, type Engine } from '@predcache/core';
import { WorkerPool } from '../pool/workerPool.js';
import { SharedCalls } from '../share/sharedCalls.js';
import { sharingName } from '../share/sharingName.js';
import { checkOptions } from './checkOptions.js';
import { CrashMarks } from './crashMarks.js';
import { OnnxEngine } from './onnxEngine.js';
import type { OnnxOptions } from './onnxOptions.js';

/**
 * The on-device engine: runs ONNX models in Web Workers on ONNX Runtime's wasm backend. Making it does nothing yet: the
 * worker starts, and the runtime and the model are fetched, on the first `load` or `run`. One engine may serve several
 * models.
 *
 * Errors: `OPTIONS_INVALID`, `INPUT_REJECTED`, `ENGINE_FAILED`, `ENGINE_OVERLOADED`, `OUTPUT_INVALID`, the `MODEL_…`,
 * `RUNTIME_…` and `WORKER_…` codes, `DISPOSED`.
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
export function onnx(options: OnnxOptions): Engine & AsyncDisposable {
  const { worker, settings, share, ...rest } = checkOptions(options);
  const crashMarks = new CrashMarks();
  const createPool = (onGone: (identity: string) => void) =>
    new WorkerPool({ ...rest, createWorker: worker, crashMarks, onGone });
  const engine = new OnnxEngine({
    workers: rest.workers,
    lookahead: rest.hardAbort ? 0 : rest.workers,
    settings,
    crashMarks,
    createCalls: (onGone) =>
      share === undefined
        ? createPool(onGone)
        : new SharedCalls({
            name: sharingName({ name: share, settings }),
            createLocal: createPool,
            onGone,
          }),
  });
  return asyncDisposable(engine);
}
