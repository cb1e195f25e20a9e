import type { Tensors } from '@predcache/core';
import { onnx } from '@predcache/onnx';
import { onnxModel } from '../../../packages/onnx/test/support/onnxModel.js';
import { digitClassifier, type OutsideModel } from '../../../packages/onnx/test/support/outsideModels.js';
import { CallFailed, workerCalls } from '../../../packages/onnx/test/support/workerCalls.js';

const entries = {
  wasm: () => new Worker(new URL('./backends.worker.ts', import.meta.url), { type: 'module' }),
  noMoreWorkers: () =>
    new Worker(new URL('./backendsNoMoreWorkers.worker.ts', import.meta.url), { type: 'module' }),
  webgpu: () => new Worker(new URL('./backendsWebgpu.worker.ts', import.meta.url), { type: 'module' }),
} as const;

const models = { digits: digitClassifier, wholeNumbers: squareModel } as const;

/** `y = x * x` in int64, which ONNX Runtime leaves to the CPU. */
function squareModel(): Pick<OutsideModel, 'bytes' | 'inputs'> {
  return {
    bytes: onnxModel({
      inputs: [{ name: 'x', type: 'int64', dims: ['N'] }],
      outputs: [{ name: 'y', type: 'int64', dims: ['N'] }],
      nodes: [{ op: 'Mul', inputs: ['x', 'x'], outputs: ['y'] }],
    }),
    inputs: [1n, 2n, 3n].map((value) => ({ x: { type: 'int64', dims: [1], data: BigInt64Array.of(value) } })),
  };
}

export interface Asked {
  readonly entry: keyof typeof entries;
  readonly model: keyof typeof models;
  readonly threads?: number;
}

export interface Answered {
  readonly backend?: string;
  readonly outputs?: readonly Record<string, readonly number[]>[];
  readonly failure?: { readonly message: string; readonly fatal: boolean; readonly details: unknown };
}

/** What a fresh worker answers to a model's inputs. */
async function ask({ entry, model, threads }: Asked): Promise<Answered> {
  const worker = entries[entry]();
  try {
    const call = await workerCalls(worker);
    const { bytes, inputs } = models[model]();
    const result = await call('run', {
      model: { name: model, version: '1', url: urlOf(bytes) },
      settings: { threads, modelCache: false },
      batch: inputs,
    });
    return { backend: result.backend, outputs: (result.outputs as readonly Tensors[]).map(plain) };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { details } = error.cause as { details?: unknown };
    return { failure: { message: error.message, fatal: error.fatal, details } };
  } finally {
    worker.terminate();
  }
}

/** What the engine as apps use it makes of the same. */
async function askEngine({ entry, model, threads }: Asked): Promise<Answered> {
  const engine = onnx({ worker: entries[entry], threads, modelCache: false });
  const { bytes, inputs } = models[model]();
  try {
    const options = { model: { name: model, version: '1', url: urlOf(bytes) } };
    const result = await engine.run(inputs, options);
    return { backend: result.backend, outputs: (result.outputs as readonly Tensors[]).map(plain) };
  } finally {
    await engine.dispose();
  }
}

function urlOf(bytes: OutsideModel['bytes']): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `data:application/octet-stream;base64,${btoa(text)}`;
}

function plain(tensors: Tensors): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [name, Array.from(data as ArrayLike<unknown>, Number)]),
  );
}

Object.assign(globalThis, { ask, askEngine, violations: [] as string[] });
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  (globalThis as unknown as { violations: string[] }).violations.push(`${violatedDirective} ${blockedURI}`);
});
