import type { Engine } from '@predcache/core';
import { type OnnxOptions, onnx } from '@predcache/onnx';
import { onTestFinished } from 'vitest';

/** Each URL is written out, so that the bundler sees it. */
export const workers = {
  predict: () => new Worker(new URL('./workers/predict.worker.ts', import.meta.url), { type: 'module' }),
  /** As ONNX Runtime starts its threads: the same file, under this name. */
  thread: () =>
    new Worker(new URL('./workers/predict.worker.ts', import.meta.url), {
      type: 'module',
      name: 'em-pthread',
    }),
  spied: () => new Worker(new URL('./workers/spied.worker.ts', import.meta.url), { type: 'module' }),
  memory: () => new Worker(new URL('./workers/memory.worker.ts', import.meta.url), { type: 'module' }),
  neverDownloading: () =>
    new Worker(new URL('./workers/neverDownloading.worker.ts', import.meta.url), { type: 'module' }),
  slow: () => new Worker(new URL('./workers/slow.worker.ts', import.meta.url), { type: 'module' }),
  silent: () => new Worker(new URL('./workers/silent.worker.ts', import.meta.url), { type: 'module' }),
  throwing: () => new Worker(new URL('./workers/throwing.worker.ts', import.meta.url), { type: 'module' }),
  closing: () => new Worker(new URL('./workers/closing.worker.ts', import.meta.url), { type: 'module' }),
  hanging: () => new Worker(new URL('./workers/hanging.worker.ts', import.meta.url), { type: 'module' }),
  failing: () => new Worker(new URL('./workers/failing.worker.ts', import.meta.url), { type: 'module' }),
  withoutLocks: () =>
    new Worker(new URL('./workers/withoutLocks.worker.ts', import.meta.url), { type: 'module' }),
  otherVersion: () =>
    new Worker(new URL('./workers/otherVersion.worker.ts', import.meta.url), { type: 'module' }),
  wasmBlocked: () =>
    new Worker(new URL('./workers/wasmBlocked.worker.ts', import.meta.url), { type: 'module' }),
  wasmIsHtml: () =>
    new Worker(new URL('./workers/wasmIsHtml.worker.ts', import.meta.url), { type: 'module' }),
  wasmForbidden: () =>
    new Worker(new URL('./workers/wasmForbidden.worker.ts', import.meta.url), { type: 'module' }),
  missing: () => new Worker('/no/such/predict.worker.js', { type: 'module' }),
} as const;

export interface WatchedEngine {
  readonly engine: Engine;
  /** Every worker the engine has made, the latest last. */
  readonly made: Worker[];
}

/** An engine of which the test sees the workers; disposed of when the test ends. */
export function watchedEngine(
  create: () => Worker = workers.predict,
  options: Omit<OnnxOptions, 'worker'> = {},
): WatchedEngine {
  const made: Worker[] = [];
  const engine = onnx({
    worker: () => {
      const worker = create();
      made.push(worker);
      return worker;
    },
    ...options,
  });
  onTestFinished(() => engine.dispose());
  return { engine, made };
}
