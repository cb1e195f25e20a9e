import type { LoadProgress, Tensor, Tensors } from '@predcache/core';
import { bitsOf, engineConformance } from '@predcache/core/testing';
import { onnx } from '@predcache/onnx';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { blobUrl, modelAt, sha256, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { tensorOf, tensorTypes } from './support/sampleTensors.js';
import { addModel, identityModel, lookupModel, scaleModel } from './support/testModels.js';
import { watchedEngine, workers } from './support/workers.js';

engineConformance({
  name: 'onnx() in a worker',
  create: () => onnx({ worker: workers.predict }),
  model: modelAt(blobUrl(scaleModel(3))),
  inputs: [vector(1), vector(2, 3), vector(-0, Number.NaN, Number.POSITIVE_INFINITY)],
  badInput: { x: { type: 'int32', dims: [1], data: Int32Array.of(1) } },
  test: { describe, it, expect },
});

describe('loading', () => {
  it('starts no worker and fetches nothing until the first run, then the wasm and the model once', async () => {
    const { engine, made } = watchedEngine(workers.spied);
    const url = blobUrl(scaleModel(2));
    const model = modelAt(url);
    expect(await engine.availability({ model })).toEqual({ state: 'downloadable' });
    expect(made).toHaveLength(0);

    const fetched: string[] = [];
    const running = engine.run([vector(1)], { model });
    made[0]!.addEventListener('message', ({ data }) => {
      if (typeof data?.fetched === 'string') fetched.push(data.fetched);
    });
    expect(await engine.availability({ model })).toEqual({ state: 'downloading' });
    await running;
    expect(fetched.filter((one) => one.includes('.wasm'))).toHaveLength(1);
    expect(fetched.filter((one) => one === url)).toHaveLength(1);
    expect(await engine.availability({ model })).toEqual({ state: 'available' });

    fetched.length = 0;
    await engine.run([vector(1)], { model });
    await engine.load({ model });
    expect(fetched).toEqual([]);
    expect(made).toHaveLength(1);
  });

  it('answers a hundred concurrent first runs from one load', async () => {
    const { engine, made } = watchedEngine(workers.spied);
    const url = blobUrl(scaleModel(2));
    const fetched: string[] = [];
    const runs = Array.from({ length: 100 }, (_, index) =>
      engine.run([vector(index)], { model: modelAt(url) }),
    );
    made[0]!.addEventListener('message', ({ data }) => {
      if (data?.fetched === url) fetched.push(url);
    });
    const results = await Promise.all(runs);
    expect(results.map(({ outputs }) => (outputs[0] as Tensors).y!.data[0])).toEqual(
      Array.from({ length: 100 }, (_, index) => index * 2),
    );
    expect(fetched).toHaveLength(1);
    expect(made).toHaveLength(1);
  });

  it('keeps the first calls of a worker that takes long to set up', async () => {
    const { engine } = watchedEngine(workers.slow);
    const { outputs } = await engine.run([vector(5)], { model: modelAt(blobUrl(scaleModel(2))) });
    expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(10));
  });

  it('reports progress that grows from the runtime to ready, to a run as well as to a load', async () => {
    const { engine } = watchedEngine();
    const bytes = scaleModel(2);
    const steps: LoadProgress[] = [];
    await engine.run([vector(1)], { model: modelAt(blobUrl(bytes)), onProgress: (step) => steps.push(step) });
    expect([...new Set(steps.map(({ phase }) => phase))]).toEqual([
      'runtime',
      'download',
      'session',
      'ready',
    ]);
    expect(steps.map(({ ratio }) => ratio)).toEqual(steps.map(({ ratio }) => ratio).sort((a, b) => a - b));
    expect(steps.at(-1)).toEqual({
      phase: 'ready',
      loadedBytes: bytes.length,
      totalBytes: bytes.length,
      ratio: 1,
    });
  });

  it('goes on when a progress listener throws', async () => {
    const { engine } = watchedEngine();
    const reportError = vi.spyOn(globalThis, 'reportError').mockImplementation(() => {});
    await engine.load({
      model: modelAt(blobUrl(scaleModel(2))),
      onProgress: () => {
        throw new Error('listener');
      },
    });
    expect(reportError).toHaveBeenCalled();
    reportError.mockRestore();
  });

  it('resolves a relative url against the page, not the worker', async () => {
    const { engine } = watchedEngine(workers.spied);
    const running = failure(engine.load({ model: modelAt('no-such-folder/none.onnx') }));
    const error = await running;
    const { url } = (error as Error & { details: { url: string } }).details;
    expect(url).toBe(new URL('no-such-folder/none.onnx', document.baseURI).href);
  });

  it('serves several models and tells apart those that share a name', async () => {
    const { engine, made } = watchedEngine();
    const doubled = modelAt(blobUrl(scaleModel(2)));
    const tripled = modelAt(blobUrl(scaleModel(3)));
    const added = modelAt(blobUrl(addModel()), 'add');
    const pair: Tensor = { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) };
    const [two, three, sum] = await Promise.all([
      engine.run([vector(7)], { model: doubled }),
      engine.run([vector(7)], { model: tripled }),
      engine.run([{ a: pair, b: pair }], { model: added }),
    ]);
    expect((two.outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(14));
    expect((three.outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(21));
    expect((sum.outputs[0] as Tensors).sum!.data).toEqual(Float32Array.of(2, 4));
    expect(made).toHaveLength(1);
  });
});

/** For tests that look at answers alone: a worker takes long to start. */
const shared = onnx({ worker: workers.predict });
afterAll(() => shared.dispose());

describe('availability', () => {
  it('tells of files that are stored for offline use, to an engine that has loaded nothing yet', async () => {
    const name = 'availability-test';
    const model = { name: 'language-id-small', version: '1', url: '/models/language-id-small.onnx' };
    const first = watchedEngine(workers.predict, { modelCache: { name } });
    expect(await first.engine.availability({ model })).toEqual({ state: 'downloadable' });
    await first.engine.load({ model });
    const stored = () =>
      watchedEngine(workers.predict, { modelCache: { name } }).engine.availability({ model });
    await expect
      .poll(stored)
      .toMatchObject({ state: 'available', reason: expect.stringContaining('stored') });
    const without = watchedEngine(workers.predict, { modelCache: false });
    expect(await without.engine.availability({ model })).toEqual({ state: 'downloadable' });
    await caches.delete(name);
  });
});

describe('running', () => {
  it.each(tensorTypes)('carries %s tensors there and back, bit for bit', async (type) => {
    const x = tensorOf(type);
    const { outputs } = await shared.run([{ x }], { model: modelAt(blobUrl(identityModel(type)), type) });
    expect(outputs.map(bitsOf)).toEqual([bitsOf({ y: x })]);
    expect((outputs[0] as Tensors).y!.data.constructor).toBe(x.data.constructor);
  });

  it('copies large inputs rather than take them from the caller, parts of buffers too', async () => {
    const buffer = Float32Array.from({ length: 300_000 }, (_, index) => index);
    const data = buffer.subarray(100_000, 200_000);
    const { outputs } = await shared.run([{ x: { type: 'float32', dims: [100_000], data } }], {
      model: modelAt(blobUrl(identityModel())),
    });
    const y = (outputs[0] as Tensors).y!.data as Float32Array;
    expect(y).toEqual(data);
    expect(y.buffer.byteLength).toBe(y.byteLength);
    expect(buffer.length).toBe(300_000);
    expect(data[99_999]).toBe(199_999);
  });

  it('says what each item cost, in ms', async () => {
    const { engine } = watchedEngine();
    const model = modelAt(blobUrl(scaleModel(2)));
    const began = performance.now();
    const { costs } = await engine.run([vector(1), vector(2), vector(3)], { model });
    const took = performance.now() - began;
    expect(costs).toHaveLength(3);
    for (const cost of costs!) expect(cost).toBeGreaterThanOrEqual(0);
    // The first run has loaded the runtime, which takes far longer than three multiplications.
    expect(costs!.reduce((sum, cost) => sum + cost, 0)).toBeLessThan(took / 2);
  });

  it.each<[string, () => Parameters<ReturnType<typeof onnx>['run']>[0][number], RegExp]>([
    ['a JSON value', () => ({ text: 'hello' }), /tensor "text"/],
    [
      'another type',
      () => ({ x: { type: 'int32', dims: [1], data: Int32Array.of(1) } }),
      /"x".*int32.*float32/,
    ],
    [
      'another rank',
      () => ({ x: { type: 'float32', dims: [1, 1], data: Float32Array.of(1) } }),
      /"x".*\[1, 1\]/,
    ],
    [
      'another name',
      () => ({ z: { type: 'float32', dims: [1], data: Float32Array.of(1) } }),
      /lacks "x".*"z"/,
    ],
  ])('rejects %s, naming the input, and answers the next', async (_case, badInput, message) => {
    const model = modelAt(blobUrl(scaleModel(2)));
    const error = await failure(shared.run([vector(1), badInput()], { model }));
    expect(error).toMatchObject({ code: 'INPUT_REJECTED' });
    expect(error.message).toMatch(message);
    const { outputs } = await shared.run([vector(1)], { model });
    expect(outputs).toHaveLength(1);
  });

  it('names the cause when the runtime itself refuses the values', async () => {
    const { engine, made } = watchedEngine();
    const model = modelAt(blobUrl(lookupModel()));
    const index = (value: bigint): Tensors => ({
      x: { type: 'int64', dims: [1], data: BigInt64Array.of(value) },
    });
    const error = await failure(engine.run([index(9n)], { model }));
    expect(error).toMatchObject({ code: 'INPUT_REJECTED' });
    expect((error.cause as Error).message).toContain('out of data bounds');
    const { outputs } = await engine.run([index(2n)], { model });
    expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(30));
    expect(made).toHaveLength(1);
  });
});

describe('bad models', () => {
  it('rejects a file of another digest before it is used, giving both', async () => {
    const { engine } = watchedEngine();
    const expected = await sha256(scaleModel(2));
    const actual = await sha256(scaleModel(3));
    const error = await failure(
      engine.run([vector(1)], { model: modelAt(blobUrl(scaleModel(3)), 'test', expected) }),
    );
    expect(error).toMatchObject({ code: 'MODEL_INTEGRITY_MISMATCH', details: { expected, actual } });
    const right = modelAt(blobUrl(scaleModel(3)), 'test', actual);
    const { outputs } = await engine.run([vector(1)], { model: right });
    expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(3));
  });

  it('rejects a malformed integrity without starting a worker', async () => {
    const { engine, made } = watchedEngine();
    const model = modelAt(blobUrl(scaleModel(2)), 'test', 'sha1-abc');
    expect(await failure(engine.load({ model }))).toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(await engine.availability({ model })).toMatchObject({ state: 'unavailable' });
    expect(made).toHaveLength(0);
  });

  it.each<[string, () => string, string]>([
    ['HTML by its type', () => blobUrl(scaleModel(2), 'text/html'), 'MODEL_NOT_A_MODEL'],
    ['HTML by its content', () => blobUrl(new TextEncoder().encode(' <!doctype html>')), 'MODEL_NOT_A_MODEL'],
    ['a truncated model', () => blobUrl(scaleModel(2).slice(0, -20)), 'MODEL_INVALID'],
    ['an unreachable URL', () => 'http://127.0.0.1:9/model.onnx', 'MODEL_DOWNLOAD_FAILED'],
  ])('names %s, and answers the next', async (_case, url, code) => {
    expect(await failure(shared.run([vector(1)], { model: modelAt(url()) }))).toMatchObject({ code });
    const { outputs } = await shared.run([vector(1)], { model: modelAt(blobUrl(scaleModel(2))) });
    expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(2));
  });

  it('rejects a model without url, and says it is unavailable', async () => {
    const { engine } = watchedEngine();
    const model = { name: 'cloud-only', version: '1' };
    expect(await failure(engine.run([vector(1)], { model }))).toMatchObject({ code: 'OPTIONS_INVALID' });
    const { state, reason } = await engine.availability({ model });
    expect(state).toBe('unavailable');
    expect(reason).toContain('no url');
  });
});

describe('options', () => {
  it.each([
    { worker: undefined },
    { worker: workers.predict, startTimeout: 0 },
    { worker: workers.predict, runTimeout: Number.NaN },
    { worker: workers.predict, runTimeout: Number.POSITIVE_INFINITY },
    { worker: workers.predict, idleTimeout: 0 },
    { worker: workers.predict, workers: 0 },
    { worker: workers.predict, workers: 1.5 },
    { worker: workers.predict, threads: 0 },
    { worker: workers.predict, hardAbort: 'yes' },
    { worker: workers.predict, batching: null },
    { worker: workers.predict, maxQueueLength: -1 },
    { worker: workers.predict, modelCache: true },
    { worker: workers.predict, modelCache: { name: '' } },
    { worker: workers.predict, modelCache: { keepVersions: 0 } },
  ])('refuses %o', (options) => {
    expect(() => onnx(options as unknown as Parameters<typeof onnx>[0])).toThrowError(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });

  it('that may be what they are make an engine, which is disposed of at the end of its block', async () => {
    const model = modelAt(blobUrl(scaleModel(2)));
    const kept = [];
    {
      await using engine = onnx({
        worker: workers.predict,
        idleTimeout: Number.POSITIVE_INFINITY,
        hardAbort: true,
        modelCache: false,
      });
      kept.push(engine);
      expect([engine.concurrency, engine.lookahead]).toEqual([1, 0]);
      await engine.run([vector(1)], { model });
    }
    expect(await kept[0]!.availability({ model })).toMatchObject({ state: 'unavailable' });
  });
});
