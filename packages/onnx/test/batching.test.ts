import { createPredictor, type Tensor, type Tensors, type TensorType } from '@predcache/core';
import { bitsOf } from '@predcache/core/testing';
import { onnxNode } from '@predcache/onnx/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelSession } from '../src/session/modelSession.js';
import { modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { onnxModel } from './support/onnxModel.js';
import { digitClassifier, outsideModels, stringModel, twoInputModel } from './support/outsideModels.js';
import { randomFloats } from './support/randomFloats.js';
import { tensorOf, tensorTypes } from './support/sampleTensors.js';
import { watchedSession } from './support/sessions.js';
import { busyModel, lookupModel, scaleModel } from './support/testModels.js';
import {
  cumulativeModel,
  firstRowModel,
  fixedInsideModel,
  quantizedModel,
  reshapingModel,
  sizeOfModel,
} from './support/unbatchedModels.js';

async function oneByOne(session: ModelSession, batch: readonly Tensors[]): Promise<unknown[]> {
  const outputs: unknown[] = [];
  for (const item of batch) outputs.push(bitsOf((await session.run([item])).outputs[0]!));
  return outputs;
}

const row = (...values: number[]): Tensors => ({
  x: { type: 'float32', dims: [1, values.length], data: Float32Array.from(values) },
});
const index = (...values: bigint[]): Tensors => ({
  x: { type: 'int64', dims: [values.length], data: BigInt64Array.from(values) },
});

describe('items computed together', () => {
  it.each(outsideModels.map((make) => [make().name, make] as const))(
    'have the bits of the same ones computed alone, in order: %s',
    async (_name, make) => {
      const { bytes, inputs } = make();
      const { session } = await watchedSession(bytes);
      const batch = Array.from({ length: 5 }, () => inputs).flat();
      const { outputs, costs, backend } = await session.run(batch);
      expect(outputs.map((output) => bitsOf(output))).toEqual(await oneByOne(session, batch));
      expect(costs).toHaveLength(batch.length);
      for (const cost of costs!) expect(cost).toBeGreaterThanOrEqual(0);
      expect(backend).toBe('wasm');
      await session.release();
    },
  );

  it('take fewer runs than items, and each has arrays of its own', async () => {
    const { bytes, inputs } = digitClassifier();
    const { session, runs } = await watchedSession(bytes);
    const batch = Array.from({ length: 8 }, () => inputs).flat();
    await session.run(batch);
    runs.length = 0;
    const { outputs } = await session.run(batch);
    expect(runs.length).toBeLessThan(batch.length / 2);
    expect(runs.reduce((sum, rows) => sum + rows, 0)).toBe(batch.length);
    const buffers = new Set(outputs.map((output) => dataOf(output).buffer));
    expect(buffers.size).toBe(batch.length);
    for (const output of outputs) expect(dataOf(output).buffer.byteLength).toBe(40);
    await session.release();
  });

  it('may have several rows each, and other sizes than others in the batch', async () => {
    const { bytes, inputs } = twoInputModel();
    const { session, runs } = await watchedSession(bytes);
    const batch = Array.from({ length: 10 }, () => inputs).flat();
    await session.run(batch);
    runs.length = 0;
    const { outputs } = await session.run(batch);
    expect(runs.length).toBeLessThan(batch.length / 2);
    expect(Math.max(...runs)).toBeGreaterThan(3);
    expect(outputs.map((output) => bitsOf(output))).toEqual(await oneByOne(session, batch));
    await session.release();
  });

  it.each(tensorTypes)('of type %s, whatever their shapes', async (type) => {
    const { session } = await watchedSession(planeModel(type));
    const samples = tensorOf(type);
    const shape = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }));
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 12 }), async (shapes) => {
        const batch = shapes.map(([rows, columns], at): Tensors => {
          const picked = Array.from(
            { length: rows * columns },
            (_, element) => samples.data[(at + element) % samples.data.length],
          );
          const data =
            type === 'string'
              ? picked
              : (samples.data.constructor as never as typeof Array).from(picked as never[]);
          return { x: { type, dims: [rows, columns], data } as unknown as Tensor };
        });
        const { outputs } = await session.run(batch);
        expect(outputs.map((output) => bitsOf(output))).toEqual(batch.map(({ x }) => bitsOf({ y: x! })));
      }),
      { numRuns: 30 },
    );
    await session.release();
  });

  it('are not at the mercy of other models that run at the same time', async () => {
    const models = [digitClassifier(), twoInputModel(), stringModel()];
    const sessions = await Promise.all(models.map(({ bytes }) => watchedSession(bytes)));
    const expected = await Promise.all(
      sessions.map(({ session }, at) => oneByOne(session, models[at]!.inputs)),
    );
    for (let round = 0; round < 20; round++) {
      const results = await Promise.all(sessions.map(({ session }, at) => session.run(models[at]!.inputs)));
      expect(results.map(({ outputs }) => outputs.map((output) => bitsOf(output)))).toEqual(expected);
    }
    for (const { session } of sessions) await session.release();
  });
});

describe('a model that is not what its dims seem to say', () => {
  const numbers = randomFloats(5);
  const rows = Array.from({ length: 12 }, () => row(...numbers(4)));
  it.each([
    ['adds up along its first axis', cumulativeModel(), Array.from({ length: 9 }, (_, at) => vector(at + 1))],
    ['quantises all rows with one scale', quantizedModel(), rows],
    ['answers for the first row alone', firstRowModel(), rows],
    ['had its batch size fixed inside', fixedInsideModel(), rows],
    ['takes the first axis for something else', reshapingModel(), rows],
    ['tells the size of its first axis', sizeOfModel(), rows],
  ])('gives right answers all the same: one that %s', async (_case, bytes, batch) => {
    const { session, runs } = await watchedSession(bytes);
    expect(session.signature().isBatched).toBe(true);
    const expected = await oneByOne(session, batch);
    expect((await session.run(batch)).outputs.map((output) => bitsOf(output))).toEqual(expected);
    expect(session.signature().isBatched).toBe(false);
    runs.length = 0;
    expect((await session.run(batch)).outputs.map((output) => bitsOf(output))).toEqual(expected);
    expect(runs).toHaveLength(batch.length);
    await session.release();
  });
});

describe('whether a model is batched', () => {
  const model = (x: readonly (number | string)[] | undefined, y: readonly (number | string)[] | undefined) =>
    onnxModel({
      inputs: [{ name: 'x', type: 'float32', ...(x === undefined ? {} : { dims: x }) }],
      outputs: [{ name: 'y', type: 'float32', ...(y === undefined ? {} : { dims: y }) }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    });

  it.each<[string, ReturnType<typeof model>, { unset: boolean; on: boolean }]>([
    ['one name for the first axis', model(['N', 2], ['N', 2]), { unset: true, on: true }],
    ['no name for it', model(['', 2], ['', 2]), { unset: true, on: true }],
    ['another name in the output', model(['N', 2], ['M', 2]), { unset: false, on: true }],
    ['a fixed input', model([1, 2], [1, 2]), { unset: false, on: false }],
    ['a fixed output', model(['N', 2], [1, 2]), { unset: false, on: true }],
    ['no dims', model(undefined, undefined), { unset: false, on: true }],
  ])('is told by its dims, unless the app says so: %s', async (_case, bytes, expected) => {
    const { session } = await watchedSession(bytes);
    expect({
      unset: session.signature().isBatched,
      on: session.signature(true).isBatched,
      off: session.signature(false).isBatched,
    }).toEqual({ ...expected, off: false });
    await session.release();
  });

  it('that is told not to be computes every item alone', async () => {
    const { session, runs } = await watchedSession(scaleModel(2));
    const batch = Array.from({ length: 20 }, (_, at) => vector(at));
    await session.run(batch, { batching: false });
    expect(runs).toEqual(new Array(20).fill(1));
    await session.release();
  });

  it('and its scalars are computed one by one', async () => {
    const { session } = await watchedSession(model(undefined, undefined));
    const scalar = (value: number): Tensors => ({
      x: { type: 'float32', dims: [], data: Float32Array.of(value) },
    });
    const { outputs } = await session.run([scalar(1), scalar(-2), scalar(3)], { batching: true });
    expect(outputs.map((output) => dataOf(output)[0])).toEqual([1, 0, 3]);
    await session.release();
  });
});

describe('a poisoned item', () => {
  it('fails its batch with its own error, and the model stays batched', async () => {
    const { session } = await watchedSession(lookupModel());
    const good = Array.from({ length: 20 }, (_, at) => index(BigInt(at % 4)));
    await session.run(good);
    const error = await failure(session.run([...good, index(9n), ...good]));
    expect(error).toMatchObject({ code: 'INPUT_REJECTED' });
    expect(error.message).toContain('idx=9');
    expect(session.signature().isBatched).toBe(true);
    expect((await session.run(good)).outputs).toHaveLength(20);
    await session.release();
  });

  it.each(['web', 'native'] as const)('fails alone where a predictor asks (%s)', async (runtime) => {
    const predictor = createPredictor<number, number, Tensors>({
      model: modelAt(dataUrl(lookupModel())),
      encode: (value) => index(BigInt(value)),
      decode: ({ y }) => y!.data[0] as number,
      tiers: [],
      onDevice: onnxNode({ runtime }),
    });
    const outcomes = await Promise.allSettled([0, 1, 9, 2, 3, 8].map((value) => predictor.predict(value)));
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.output : 'failed')),
    ).toEqual([10, 20, 'failed', 30, 40, 'failed']);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('out of data bounds');
    await predictor.dispose();
  });
});

describe('a long batch', () => {
  const size = 128;
  const x: Tensors = { x: { type: 'float32', dims: [32, size], data: new Float32Array(32 * size).fill(1) } };

  it('is left between runs when it is aborted', async () => {
    const { session, runs } = await watchedSession(busyModel({ size, times: 60 }));
    await session.run([x, x, x, x]);
    runs.length = 0;
    const controller = new AbortController();
    const running = failure(session.run(new Array(64).fill(x), { signal: controller.signal }));
    setTimeout(() => controller.abort('enough'), 0);
    expect(await running).toBe('enough');
    expect(runs.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(32 * 64);
    await session.release();
  });

  it('lets others have their turn', async () => {
    const one = await watchedSession(busyModel({ size, times: 60 }));
    const other = await watchedSession(scaleModel(2));
    await one.session.run([x, x, x, x]);
    let isDone = false;
    const long = one.session.run(new Array(64).fill(x)).then(() => {
      isDone = true;
    });
    await other.session.run([vector(1)]);
    expect(isDone).toBe(false);
    await long;
    await Promise.all([one.session.release(), other.session.release()]);
  });
});

function planeModel(type: TensorType): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type, dims: ['N', 'T'] }],
    outputs: [{ name: 'y', type, dims: ['N', 'T'] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });
}

function dataOf(output: unknown): Float32Array {
  return Object.values(output as Tensors)[0]!.data as Float32Array;
}

function dataUrl(bytes: Uint8Array): string {
  return `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
}
