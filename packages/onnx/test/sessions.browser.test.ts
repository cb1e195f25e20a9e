import type { Model, Tensors } from '@predcache/core';
import { bitsOf, engineConformance } from '@predcache/core/testing';
import { onnx } from '@predcache/onnx';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { digitClassifier, externalDataModel, outsideModels } from './support/outsideModels.js';
import { busyModel, scaleModel } from './support/testModels.js';
import { type CallWorker, workerCalls } from './support/workerCalls.js';
import { workers } from './support/workers.js';

// Most of these start a worker and a runtime of their own.
vi.setConfig({ testTimeout: 30_000 });

for (const make of [...outsideModels, externalDataModel]) {
  const { name, bytes, externalData, inputs, badInput } = make();
  engineConformance({
    name: `onnx() in a worker with ${name}`,
    create: () => onnx({ worker: workers.predict }),
    model: {
      ...modelAt(blobUrl(bytes), name),
      externalData: externalData?.map(({ path, data }) => ({ path, url: blobUrl(data) })),
    },
    inputs,
    badInput,
    test: { describe, it, expect },
  });
}

const settings = { modelCache: false } as const;
const reference = ({ name, version, url }: Model) => ({ name, version, url: url! });

describe('a worker', () => {
  const worker = workers.predict();
  const calling = workerCalls(worker);
  afterAll(() => worker.terminate());
  const call: CallWorker = async (...parameters) => (await calling)(...parameters);

  it('tells what a model takes and gives', async () => {
    const model = reference(modelAt(blobUrl(digitClassifier().bytes), 'digits'));
    expect(await call('signature', { model, settings })).toEqual({
      inputs: [{ name: 'image', type: 'float32', dims: ['batch', 1, 28, 28] }],
      outputs: [{ name: 'probabilities', type: 'float32', dims: ['batch', 10] }],
      isBatched: true,
    });
    const unbatched = await call('signature', { model, settings: { ...settings, batching: false } });
    expect(unbatched.isBatched).toBe(false);
  });

  it.each(outsideModels.map((make) => [make().name, make] as const))(
    'gives a batch the bits of its items alone: %s',
    async (name, make) => {
      const { bytes, inputs } = make();
      const model = reference(modelAt(blobUrl(bytes), name));
      const batch = Array.from({ length: 6 }, () => inputs).flat();
      const together = await call('run', { model, settings, batch });
      const alone: string[] = [];
      for (const item of inputs) {
        const { outputs } = await call('run', { model, settings, batch: [item] });
        alone.push(bitsOf(outputs[0]!));
      }
      expect(together.outputs.map((output) => bitsOf(output))).toEqual(
        Array.from({ length: 6 }, () => alone).flat(),
      );
      expect(together.backend).toBe('wasm');
    },
  );

  it('unloads a model after the runs it has begun, and loads it again for the next', async () => {
    const spied = workers.spied();
    const url = blobUrl(busyModel({ size: 64, times: 20 }));
    const fetched: string[] = [];
    spied.addEventListener('message', ({ data }) => {
      if (data?.fetched === url) fetched.push(url);
    });
    const callSpied = await workerCalls(spied);
    const model = reference(modelAt(url, 'busy'));
    const x: Tensors = { x: { type: 'float32', dims: [16, 64], data: new Float32Array(16 * 64).fill(1) } };
    await callSpied('load', { model, settings });
    const running = callSpied('run', { model, settings, batch: new Array(10).fill(x) });
    await callSpied('unload', { model, settings });
    expect((await running).outputs).toHaveLength(10);
    expect(fetched).toHaveLength(1);
    for (let runs = 0; runs < 2; runs++)
      expect((await callSpied('run', { model, settings, batch: [x] })).outputs).toHaveLength(1);
    expect(fetched).toHaveLength(2);
    spied.terminate();
  });
});

describe('the heap of a worker', { timeout: 60_000 }, () => {
  it('does not grow with models that are loaded and unloaded, nor with 20,000 items', async () => {
    const worker = workers.memory();
    const call = await workerCalls(worker);
    const heapSize = () =>
      new Promise<number>((resolve) => {
        const listen = ({ data }: MessageEvent) => {
          if (typeof data?.heapSize !== 'number') return;
          worker.removeEventListener('message', listen);
          resolve(data.heapSize);
        };
        worker.addEventListener('message', listen);
        worker.postMessage('heap size?');
      });
    const expectFlat = async (rounds: number, round: () => Promise<unknown>) => {
      for (let warmUp = 0; warmUp < 10; warmUp++) await round();
      const before = await heapSize();
      for (let count = 0; count < rounds; count++) await round();
      expect(before).toBeGreaterThan(10e6);
      expect(await heapSize()).toBe(before);
    };
    const { bytes, inputs } = digitClassifier();
    const digits = reference(modelAt(blobUrl(bytes), 'digits'));
    await expectFlat(300, async () => {
      await call('run', { model: digits, settings, batch: inputs });
      await call('unload', { model: digits, settings });
    });
    const scale = reference(modelAt(blobUrl(scaleModel(2))));
    const batch = Array.from({ length: 100 }, (_, at) => vector(...new Array<number>(1_000).fill(at)));
    await expectFlat(200, () => call('run', { model: scale, settings, batch }));
    worker.terminate();
  });
});
