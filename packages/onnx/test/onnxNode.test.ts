import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine, LoadProgress, Payload, Tensor, Tensors } from '@predcache/core';
import { bitsOf, engineConformance } from '@predcache/core/testing';
import { onnxNode } from '@predcache/onnx/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelAt, sha256, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { modelServer } from './support/modelServer.js';
import { onnxModel } from './support/onnxModel.js';
import { tensorOf, tensorTypes } from './support/sampleTensors.js';
import {
  addModel,
  busyModel,
  identityModel,
  lookupModel,
  scaleModel,
  sequenceModel,
} from './support/testModels.js';

const dataUrl = (bytes: Uint8Array) =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
const modelOf = (bytes: Uint8Array) => modelAt(dataUrl(bytes));
const first = (outputs: readonly (Payload | undefined)[]) => Object.values(outputs[0] as Tensors)[0]!;

engineConformance({
  name: 'onnxNode()',
  create: () => onnxNode(),
  model: modelOf(scaleModel(3)),
  inputs: [vector(1), vector(2, 3), vector(-0, Number.NaN, Number.POSITIVE_INFINITY)],
  badInput: { x: { type: 'int32', dims: [1], data: Int32Array.of(1) } },
  test: { describe, it, expect },
});

let engine: Engine;
beforeAll(() => {
  engine = onnxNode();
});
afterAll(() => engine.dispose());

describe('where models come from', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'predcache-onnx-'));
    await writeFile(join(folder, 'a model.onnx'), scaleModel(5));
    await writeFile(join(folder, 'page.onnx'), '<!doctype html><title>app</title>');
    await writeFile(
      join(folder, 'pointer.onnx'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\n',
    );
    await writeFile(join(folder, 'empty.onnx'), '');
    await writeFile(join(folder, 'cut.onnx'), scaleModel(5).slice(0, -20));
    await writeFile(
      join(folder, 'noise.onnx'),
      Uint8Array.from({ length: 500 }, (_, index) => (index * 97) % 251),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));
  const at = (file: string) => modelAt(join(folder, file));

  it.each<[string, () => string]>([
    ['an absolute path', () => join(folder, 'a model.onnx')],
    ['a relative path', () => relative(process.cwd(), join(folder, 'a model.onnx'))],
    ['a file: URL', () => pathToFileURL(join(folder, 'a model.onnx')).href],
  ])('reads %s', async (_case, url) => {
    const { outputs } = await engine.run([vector(2)], { model: modelAt(url()) });
    expect(first(outputs).data).toEqual(Float32Array.of(10));
  });

  it.each([
    ['none.onnx', 'MODEL_DOWNLOAD_FAILED', /none\.onnx/],
    ['page.onnx', 'MODEL_NOT_A_MODEL', /HTML/],
    ['pointer.onnx', 'MODEL_NOT_A_MODEL', /git lfs pull/],
    ['empty.onnx', 'MODEL_NOT_A_MODEL', /empty/],
    ['cut.onnx', 'MODEL_INVALID', /whole ONNX model/],
    ['noise.onnx', 'MODEL_INVALID', /whole ONNX model/],
  ])('names what is wrong with %s', async (file, code, message) => {
    const error = await failure(engine.run([vector(1)], { model: at(file) }));
    expect(error).toMatchObject({ code, where: 'model "test" version "1"' });
    expect(error.message).toMatch(message);
    expect(await engine.availability({ model: at(file) })).toEqual({ state: 'downloadable' });
  });

  it('downloads over HTTP with progress, once for concurrent first runs', async () => {
    const bytes = scaleModel(7);
    let finish = () => {};
    const server = await modelServer((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.slice(0, 30));
      finish = () => response.end(bytes.slice(30));
    });
    const model = modelAt(server.url);
    const steps: LoadProgress[] = [];
    const runs = Array.from({ length: 100 }, (_, index) =>
      engine.run([vector(index)], { model, onProgress: (step) => steps.push(step) }),
    );
    await expect.poll(() => engine.availability({ model })).toEqual({ state: 'downloading' });
    await expect.poll(() => server.requests.length).toBe(1);
    finish();
    const results = await Promise.all(runs);
    expect(results.map(({ outputs }) => first(outputs).data[0])).toEqual(
      Array.from({ length: 100 }, (_, index) => index * 7),
    );
    expect(server.requests).toHaveLength(1);
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
    expect(steps.some((step) => step.phase === 'download' && step.totalBytes === bytes.length)).toBe(true);
  });
});

describe('integrity', () => {
  it('accepts the right digest and rejects another before a session is made', async () => {
    const good = await sha256(scaleModel(2));
    const { outputs } = await engine.run([vector(4)], {
      model: modelAt(dataUrl(scaleModel(2)), 'test', good),
    });
    expect(first(outputs).data).toEqual(Float32Array.of(8));

    // No model at all: had it come to a session, the code would be MODEL_INVALID.
    const noise = Uint8Array.of(8, 1, 2, 3);
    const error = await failure(engine.load({ model: modelAt(dataUrl(noise), 'test', good) }));
    expect(error).toMatchObject({
      code: 'MODEL_INTEGRITY_MISMATCH',
      details: { expected: good, actual: await sha256(noise) },
    });
  });

  it.each(['', 'sha256-', 'sha256-abc', 'sha512-abc', 'SHA256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='])(
    'rejects %j as malformed without reading the model',
    async (integrity) => {
      const server = await modelServer((_request, response) => response.end(scaleModel(2)));
      const error = await failure(engine.load({ model: modelAt(server.url, 'test', integrity) }));
      expect(error).toMatchObject({ code: 'OPTIONS_INVALID' });
      expect(server.requests).toHaveLength(0);
    },
  );
});

describe('after a failed load', () => {
  it('tries again: at once after the first, then rejects for a while, except when load asks', async () => {
    let status = 503;
    const server = await modelServer((_request, response) => {
      response.writeHead(status).end(status === 200 ? scaleModel(2) : 'not now');
    });
    const model = modelAt(server.url);
    for (const asked of [1, 2, 2]) {
      const error = await failure(engine.run([vector(1)], { model }));
      expect(error).toMatchObject({ code: 'MODEL_DOWNLOAD_FAILED', details: { status: 503 } });
      expect(server.requests).toHaveLength(asked);
    }
    status = 200;
    await engine.load({ model });
    const { outputs } = await engine.run([vector(1)], { model });
    expect(first(outputs).data).toEqual(Float32Array.of(2));
  });
});

describe('abort', () => {
  it('ends the download when its only waiter leaves, and a later call loads anew', {
    timeout: 20_000,
  }, async () => {
    let closed = 0;
    let stall = true;
    const server = await modelServer((_request, response) => {
      response.on('close', () => {
        if (!response.writableFinished) closed += 1;
      });
      if (stall) response.write(scaleModel(2).slice(0, 10));
      else response.end(scaleModel(2));
    });
    const model = modelAt(server.url);
    const controller = new AbortController();
    const loading = failure(engine.load({ model, signal: controller.signal }));
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort('left');
    expect(await loading).toBe('left');
    await expect.poll(() => closed, { timeout: 10_000 }).toBe(1);
    stall = false;
    const { outputs } = await engine.run([vector(1)], { model });
    expect(first(outputs).data).toEqual(Float32Array.of(2));
  });

  it('leaves the download to those who still wait, or come soon', async () => {
    let finish = () => {};
    const server = await modelServer((_request, response) => {
      finish = () => response.end(scaleModel(2));
    });
    const model = modelAt(server.url);
    const controller = new AbortController();
    const leaving = failure(engine.load({ model, signal: controller.signal }));
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort('left');
    expect(await leaving).toBe('left');
    const coming = engine.run([vector(1)], { model });
    finish();
    expect(first((await coming).outputs).data).toEqual(Float32Array.of(2));
    expect(server.requests).toHaveLength(1);
  });

  it('drops the rest of a batch', async () => {
    const size = 128;
    const model = modelOf(busyModel({ size, times: 60 }));
    const x: Tensor = { type: 'float32', dims: [128, size], data: new Float32Array(128 * size) };
    const [cost] = (await engine.run([{ x }], { model })).costs!;
    const controller = new AbortController();
    const running = failure(
      engine.run(
        Array.from({ length: 64 }, () => ({ x })),
        { model, signal: controller.signal },
      ),
    );
    setTimeout(() => controller.abort('enough'), 0);
    expect(await running).toBe('enough');
    const began = performance.now();
    await engine.run([{ x }], { model });
    expect(performance.now() - began).toBeLessThan(cost! * 32 + 100);
  });
});

describe('what goes in and comes out', () => {
  it.each(tensorTypes)('%s tensors, bit for bit', async (type) => {
    const x = tensorOf(type);
    const { outputs } = await engine.run([{ x }], { model: modelOf(identityModel(type)) });
    expect(outputs.map(bitsOf)).toEqual([bitsOf({ y: x })]);
  });

  it('any float32 tensor, bit for bit, empty ones too', async () => {
    const model = modelOf(identityModel());
    const vectors = fc.array(fc.float({ noDefaultInfinity: false }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(vectors, async (values) => {
        const x = vector(...values);
        const { outputs } = await engine.run([x], { model });
        expect(outputs.map(bitsOf)).toEqual([bitsOf({ y: x.x! })]);
      }),
      { numRuns: 50 },
    );
  });

  it('never the array of the caller, so that a later change cannot reach the answer', async () => {
    const input = vector(1, 2);
    const { outputs } = await engine.run([input], { model: modelOf(identityModel()) });
    (input.x!.data as Float32Array).fill(9);
    expect(first(outputs).data).toEqual(Float32Array.of(1, 2));
  });

  it('scalars, and shapes the model does not tell', async () => {
    const model = modelOf(
      onnxModel({
        inputs: [{ name: 'x', type: 'float32' }],
        outputs: [{ name: 'y', type: 'float32', dims: [] }],
        nodes: [{ op: 'ReduceSum', inputs: ['x'], outputs: ['y'], attributes: { keepdims: 0 } }],
      }),
    );
    const x: Tensor = { type: 'float32', dims: [2, 1, 2], data: Float32Array.of(1, 2, 3, 4) };
    const { outputs } = await engine.run([{ x }], { model });
    expect(outputs).toEqual([{ y: { type: 'float32', dims: [], data: Float32Array.of(10) } }]);
  });

  const pair = (...data: number[]): Tensor => ({
    type: 'float32',
    dims: [data.length / 2, 2],
    data: Float32Array.from(data),
  });
  const wrong: [string, Payload, RegExp][] = [
    ['text', 'hello', /a string/],
    ['null', null, /null/],
    ['a list', [1, 2], /an array/],
    ['a JSON object', { a: 1 }, /a number.*tensor "a" of input 0/],
    ['a missing input', { a: pair(1, 2) }, /lacks "b"/],
    ['an input too many', { a: pair(1, 2), b: pair(1, 2), c: pair(1, 2) }, /has "c" too much/],
    ['a misspelt input', { a: pair(1, 2), B: pair(1, 2) }, /lacks "b" and has "B"/],
    [
      'another type',
      { a: pair(1, 2), b: { type: 'int32', dims: [1, 2], data: Int32Array.of(1, 2) } },
      /"b".*int32/,
    ],
    ['another rank', { a: pair(1, 2), b: { ...pair(1, 2), dims: [2] } as Tensor }, /"b".*\[2\].*\[N, 2\]/],
    [
      'another fixed dim',
      { a: pair(1, 2), b: { ...pair(1, 2), dims: [2, 1] } as Tensor },
      /\[2, 1\].*\[N, 2\]/,
    ],
    [
      'dims that do not match',
      { a: pair(1, 2), b: { ...pair(1, 2), dims: [3, 2] } as Tensor },
      /6 elements.* 2/,
    ],
    [
      'an unknown type',
      { a: pair(1, 2), b: { ...pair(1, 2), type: 'float' } as unknown as Tensor },
      /"float"/,
    ],
    ['negative dims', { a: pair(1, 2), b: { ...pair(1, 2), dims: [-1, -2] } as Tensor }, /dims/],
    [
      'another array',
      { a: pair(1, 2), b: { ...pair(1, 2), data: Float64Array.of(1, 2) } as unknown as Tensor },
      /Float64Array/,
    ],
    [
      'a plain list as data',
      { a: pair(1, 2), b: { ...pair(1, 2), data: [1, 2] } as unknown as Tensor },
      /Float32Array/,
    ],
  ];
  it.each(wrong)('rejects %s, saying what came and what was expected', async (_case, payload, message) => {
    const model = modelOf(addModel());
    const error = await failure(engine.run([payload], { model }));
    expect(error).toMatchObject({ code: 'INPUT_REJECTED' });
    expect(error.message).toMatch(message);
    const { outputs } = await engine.run([{ a: pair(1, 2), b: pair(3, 4) }], { model });
    expect(first(outputs).data).toEqual(Float32Array.of(4, 6));
  });

  it('fails a batch when one item fails, and goes on with the next run', async () => {
    const model = modelOf(lookupModel());
    const index = (value: bigint): Tensors => ({
      x: { type: 'int64', dims: [1], data: BigInt64Array.of(value) },
    });
    const runs = [[index(0n), index(9n)], [index(1n)], [index(9n)], [index(3n)]].map((batch) =>
      engine.run(batch, { model }).then(
        ({ outputs }) => first(outputs).data[0],
        (error: Error) => error,
      ),
    );
    const [one, two, three, four] = await Promise.all(runs);
    for (const error of [one, three]) {
      expect(error).toMatchObject({ code: 'INPUT_REJECTED' });
      expect(((error as Error).cause as Error).message).toContain('out of data bounds');
    }
    expect([two, four]).toEqual([20, 40]);
  });

  it('rejects a model that gives what no tensor can hold', async () => {
    const error = await failure(engine.load({ model: modelOf(sequenceModel()) }));
    expect(error).toMatchObject({ code: 'MODEL_INVALID' });
    expect(error.message).toContain('"y"');
  });
});

describe('the shipped model', () => {
  const url = new URL('../../../models/language-id-small.onnx', import.meta.url);

  it('gives probabilities that sum to one, the same alone and with other words', async () => {
    const model = modelAt(url.href, 'language-id', await sha256(await readFile(url)));
    const words = [1, 2, 3].map<Tensors>((seed) => ({
      chars: { type: 'int32', dims: [1, 8], data: Int32Array.from({ length: 8 }, (_, at) => seed + at) },
    }));
    const { outputs } = await engine.run(words, { model });
    for (const [index, output] of outputs.entries()) {
      const { dims, data } = (output as Tensors).probabilities!;
      expect(dims[0]).toBe(1);
      expect([...(data as Float32Array)].reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      const alone = await engine.run([words[index]!], { model });
      expect(bitsOf(alone.outputs[0]!)).toBe(bitsOf(output));
    }
  });
});

describe('a run in the thread of a server', () => {
  it('first lets in what has arrived: what is asked meanwhile can go along with the next batch', async () => {
    const model = modelOf(scaleModel(2));
    await engine.load({ model });
    const order: string[] = [];
    const running = engine.run([vector(1)], { model }).then(() => order.push('run'));
    // One turn each, as connections come in.
    for (const event of ['first', 'second', 'third']) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(event);
    }
    await running;
    expect(order).toEqual(['first', 'second', 'third', 'run']);
  });

  it.each(['an abort', 'a disposal'])('and begins nothing after %s in between', async (ending) => {
    const other = onnxNode();
    const server = await modelServer((_request, response) => response.end(scaleModel(2)));
    const controller = new AbortController();
    const running = failure(
      other.run([vector(1)], { model: modelAt(server.url), signal: controller.signal }),
    );
    if (ending === 'an abort') controller.abort('left');
    else await other.dispose();
    const reason = await running;
    if (ending === 'an abort') expect(reason).toBe('left');
    else expect(reason).toMatchObject({ code: 'DISPOSED' });
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(await other.availability({ model: modelAt(server.url) })).toMatchObject({
      state: ending === 'an abort' ? 'downloadable' : 'unavailable',
    });
    expect(server.requests).toHaveLength(0);
    await other.dispose();
  });
});

it('keeps several engines apart: disposing of one leaves the other working', async () => {
  const one = onnxNode();
  const two = onnxNode();
  const model = modelOf(scaleModel(2));
  await Promise.all([one.load({ model }), two.load({ model })]);
  await one.dispose();
  expect(first((await two.run([vector(1)], { model })).outputs).data).toEqual(Float32Array.of(2));
  await two.dispose();
});
