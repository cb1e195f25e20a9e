import {
  createPredictor,
  type Payload,
  PredcacheError,
  type RunOptions,
  type Tensors,
} from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { engineOf } from '../support/doubles.js';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';

const model = { name: 'm', version: '1' };
const pixels = (of: number) => ({
  pixels: { type: 'float32', dims: [1, 4], data: Float32Array.of(of, of, of, of) },
});

const buffersOf = (payload: Payload) =>
  Object.values(payload as Tensors).map(({ data }) => (data as Float32Array).buffer as ArrayBuffer);

/** Takes the buffers it may take, as a worker's page side does. */
const taking = (compute: (batch: readonly Payload[]) => readonly Payload[]) =>
  engineOf(async (batch: readonly Payload[], { mayTransfer }: RunOptions) => {
    const outputs = compute(batch.map((payload) => structuredClone(payload)));
    if (mayTransfer)
      for (const payload of batch as readonly Tensors[])
        for (const { data } of Object.values(payload))
          if (ArrayBuffer.isView(data)) structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
    return { outputs, backend: 'b' };
  });

describe('transferInputs', () => {
  it('lets the engine have the very buffers that encode gave', async () => {
    const given: Tensors[] = [];
    const predictor = createPredictor<number, Tensors>({
      model,
      transferInputs: true,
      encode: (of) => {
        given.push(pixels(of) as Tensors);
        return given.at(-1);
      },
      onDevice: taking((batch) => batch),
    });
    const { output } = await predictor.predict(7);
    expect([...(output.pixels!.data as Float32Array)]).toEqual([7, 7, 7, 7]);
    expect(given).toHaveLength(1);
    expect(given[0]!.pixels!.data).toHaveLength(0);
    expect((await predictor.predict(7)).source).toBe('memory');
  });

  it('encodes once more for the engine that is asked next', async () => {
    let encoded = 0;
    const predictor = createPredictor<number, Tensors>({
      model,
      transferInputs: true,
      encode: (of) => {
        encoded++;
        return pixels(of);
      },
      onDevice: engineOf(async (batch: readonly Payload[]) => {
        for (const { pixels } of batch as readonly Tensors[])
          structuredClone(pixels, { transfer: [(pixels!.data as Float32Array).buffer as ArrayBuffer] });
        throw new Error('out of memory');
      }),
      inCloud: taking((batch) => batch),
    });
    const { output, source } = await predictor.predict(7);
    expect(source).toBe('in_cloud');
    expect([...(output.pixels!.data as Float32Array)]).toEqual([7, 7, 7, 7]);
    expect(encoded).toBe(2);
  });

  it('gives copies the second time, when what was moved has gone with its worker', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<number, Tensors>({
      model,
      transferInputs: true,
      encode: pixels,
      onDevice: engine,
    });
    const died = new PredcacheError({ code: 'WORKER_DIED', what: 'w', where: 'x', hint: 'h' });
    const asked = [1, 2].map((input) => predictor.predict(input));
    const first = await engine.called(1);
    for (const payload of first.batch) structuredClone(payload, { transfer: buffersOf(payload) });
    first.fail(died);
    const second = await engine.called(2);
    expect([first, second].map(({ options }) => options.mayTransfer)).toEqual([true, false]);
    expect(second.batch).toEqual([pixels(1), pixels(2)]);
    second.answer(second.batch);
    expect((await Promise.all(asked)).map(({ output }) => output.pixels!.data[0])).toEqual([1, 2]);
    const unlucky = failure(predictor.predict(3));
    for (const call of [3, 4]) (await engine.called(call)).fail(died);
    expect(await unlucky).toMatchObject({ code: 'WORKER_DIED' });
  });

  it('tries a batch again item by item', async () => {
    const predictor = createPredictor<number, Tensors>({
      model,
      transferInputs: true,
      encode: pixels,
      onDevice: Object.assign(
        taking((batch) => {
          if (batch.some((payload) => (payload as Tensors).pixels!.data[0] === 13))
            throw new Error('unlucky');
          return batch;
        }),
        { maxBatchSize: 8 },
      ),
    });
    const asked = [12, 13, 14].map((input) => predictor.predict(input));
    expect(await failure(asked[1]!)).toMatchObject({ code: 'ENGINE_FAILED' });
    for (const [at, of] of [
      [0, 12],
      [2, 14],
    ] as const)
      expect((await asked[at]!).output.pixels!.data[0]).toBe(of);
  });

  it('without it the caller keeps what it gave', async () => {
    const input = pixels(7) as Tensors;
    const predictor = createPredictor<Tensors, Tensors>({ model, onDevice: taking((batch) => batch) });
    await predictor.predict(input);
    expect([...(input.pixels!.data as Float32Array)]).toEqual([7, 7, 7, 7]);
  });
});
