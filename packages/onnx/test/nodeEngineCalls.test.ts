import type { Tensors } from '@predcache/core';
import { type OnnxNodeOptions, onnxNode } from '@predcache/onnx/node';
import { afterAll, describe, expect, it } from 'vitest';
import { modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { modelServer } from './support/modelServer.js';
import { onnxModel } from './support/onnxModel.js';
import { digitClassifier } from './support/outsideModels.js';
import { identityModel, lookupModel, scaleModel } from './support/testModels.js';

const modelOf = (bytes: Uint8Array) =>
  modelAt(`data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`);
const y = (outputs: readonly unknown[]) => (outputs[0] as Tensors).y!.data;

describe.each(['web', 'native'] as const)('with the %s runtime', (runtime) => {
  const engine = onnxNode({ runtime });
  afterAll(() => engine.dispose());

  describe('a signature', () => {
    it('says what the model takes and gives, loading it where need be', async () => {
      expect(await engine.signature!({ model: modelOf(digitClassifier().bytes) })).toEqual({
        inputs: [{ name: 'image', type: 'float32', dims: ['batch', 1, 28, 28] }],
        outputs: [{ name: 'probabilities', type: 'float32', dims: ['batch', 10] }],
        isBatched: true,
      });
    });

    it('tells sizes and ranks that are not known from those that are', async () => {
      const model = modelOf(
        onnxModel({
          inputs: [
            { name: 'a', type: 'int64', dims: ['', 2] },
            { name: 'b', type: 'int64' },
          ],
          outputs: [{ name: 'c', type: 'int64' }],
          nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['c'] }],
        }),
      );
      expect(await engine.signature!({ model })).toEqual({
        inputs: [
          { name: 'a', type: 'int64', dims: [undefined, 2] },
          { name: 'b', type: 'int64', dims: [] },
        ],
        outputs: [{ name: 'c', type: 'int64', dims: [] }],
        isBatched: false,
      });
    });

    it('of a model that cannot be loaded rejects with why', async () => {
      const error = await failure(engine.signature!({ model: modelOf(Uint8Array.of(8, 1)) }));
      expect(error).toMatchObject({ code: 'MODEL_INVALID' });
    });
  });

  describe('unloading', () => {
    it('ends the session after the runs it has begun, and a later run loads it again', async () => {
      const server = await modelServer((_request, response) => response.end(scaleModel(2)));
      const model = modelAt(server.url);
      await engine.load({ model });
      const runs = [1, 2, 3].map((value) => engine.run([vector(value)], { model }));
      const unloaded = engine.unload!({ model });
      for (const [index, run] of runs.entries())
        expect(y((await run).outputs)).toEqual(Float32Array.of(2 * (index + 1)));
      await unloaded;
      await engine.unload!({ model });
      expect(await engine.availability({ model })).toEqual({ state: 'downloadable' });
      expect(y((await engine.run([vector(4)], { model })).outputs)).toEqual(Float32Array.of(8));
    });

    it('of a model that was never loaded does nothing', async () => {
      await engine.unload!({ model: modelOf(scaleModel(77)) });
    });

    it('leaves a load that somebody waits for alone, and ends one that nobody waits for', async () => {
      let finish = () => {};
      const server = await modelServer((_request, response) => {
        finish = () => response.end(scaleModel(2));
      });
      const model = modelAt(server.url);
      const running = engine.run([vector(1)], { model });
      await expect.poll(() => server.requests.length).toBe(1);
      await engine.unload!({ model });
      finish();
      expect(y((await running).outputs)).toEqual(Float32Array.of(2));

      const other = modelAt(server.url, 'other');
      const controller = new AbortController();
      const leaving = failure(engine.load({ model: other, signal: controller.signal }));
      await expect.poll(() => server.requests.length).toBe(2);
      controller.abort('left');
      expect(await leaving).toBe('left');
      expect(await engine.availability({ model: other })).toEqual({ state: 'downloading' });
      await engine.unload!({ model: other });
      expect(await engine.availability({ model: other })).toEqual({ state: 'downloadable' });
    });

    it('again and again, while others run, answers every run', async () => {
      const model = modelOf(scaleModel(5));
      const runs: Promise<unknown>[] = [];
      for (let round = 0; round < 40; round++) {
        runs.push(engine.run([vector(round)], { model }).then(({ outputs }) => y(outputs)));
        runs.push(engine.unload!({ model }));
        if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const outcomes = await Promise.all(runs);
      expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual(
        Array.from({ length: 40 }, (_, round) => Float32Array.of(round * 5)),
      );
    });
  });

  describe('values that the runtime would misread', () => {
    it.each<[string, Tensors, RegExp]>([
      [
        'a bool that is neither',
        { x: { type: 'bool', dims: [2], data: Uint8Array.of(1, 2) } },
        /"x".*value 2.*bool/,
      ],
      [
        'a null character',
        { x: { type: 'string', dims: [2], data: ['a', 'b\0c'] } },
        /"x".*"b\\u0000c" at 1/,
      ],
      ['half a pair', { x: { type: 'string', dims: [1], data: ['\ud83d'] } }, /"x".*at 0/],
    ])('are refused: %s', async (_case, input, message) => {
      const model = modelOf(identityModel(input.x!.type));
      const error = await failure(engine.run([input], { model }));
      expect(error).toMatchObject({ code: 'INPUT_REJECTED', details: { input: 'x' } });
      expect(error.message).toMatch(message);
    });
  });

  it('is disposed of at the end of its block', async () => {
    const model = modelOf(scaleModel(2));
    const kept = [];
    {
      await using own = onnxNode({ runtime });
      kept.push(own);
      await own.run([vector(1)], { model });
    }
    expect(await kept[0]!.availability({ model })).toMatchObject({ state: 'unavailable' });
  });

  it('names what the runtime itself refuses', async () => {
    const model = modelOf(lookupModel());
    const input: Tensors = { x: { type: 'int64', dims: [1], data: BigInt64Array.of(9n) } };
    expect(await failure(engine.run([input], { model }))).toMatchObject({ code: 'INPUT_REJECTED' });
  });

  it('says so when it lacks an operator for a type', async () => {
    const model = modelOf(
      onnxModel({
        inputs: [{ name: 'x', type: 'uint16', dims: ['N'] }],
        outputs: [{ name: 'y', type: 'uint16', dims: ['N'] }],
        nodes: [{ op: 'Softplus', inputs: ['x'], outputs: ['y'] }],
      }),
    );
    expect(await failure(engine.load({ model }))).toMatchObject({ code: 'MODEL_INVALID' });
    const unimplemented = modelOf(
      onnxModel({
        inputs: [{ name: 'x', type: 'uint16', dims: ['N'] }],
        outputs: [{ name: 'y', type: 'uint16', dims: ['N'] }],
        nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
      }),
    );
    expect(await failure(engine.load({ model: unimplemented }))).toMatchObject({ code: 'MODEL_INVALID' });
  });
});

describe('options', () => {
  it.each([{ runtime: 'cuda' }, { batching: 'yes' }])('refuses %o', (options) => {
    expect(() => onnxNode(options as unknown as OnnxNodeOptions)).toThrowError(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });

  it('compute on onnxruntime-node where it is installed, unless told otherwise', async () => {
    const backends: string[] = [];
    for (const options of [{}, { runtime: 'web' }, { runtime: 'native' }] as const) {
      const engine = onnxNode(options);
      backends.push((await engine.run([vector(1)], { model: modelOf(scaleModel(2)) })).backend);
      await engine.dispose();
    }
    expect(backends).toEqual(['cpu', 'wasm', 'cpu']);
  });
});
