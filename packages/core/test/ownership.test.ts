import { createPredictor, fromFunction, type JsonValue, memory, type Tensors } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { engineOf } from './support/doubles.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };

const y = (data: Uint8Array | Float32Array): Tensors =>
  ({ y: { type: data instanceof Float32Array ? 'float32' : 'uint8', dims: [data.length], data } }) as Tensors;

describe('what callers and engines do with their own', () => {
  it('does not get into keys or entries beside type, dims and data', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<unknown, Tensors>({ model, onDevice: engine });
    const asked = predictor.predict({
      x: { type: 'int8', dims: [1], data: Int8Array.of(1), language: 'fr' },
    });
    const { batch, answer } = await engine.called(1);
    expect(Object.keys((batch[0] as Tensors).x!)).toEqual(['type', 'dims', 'data']);
    answer([{ x: { type: 'int8', dims: [1], data: Int8Array.of(1), names: ['a'] } as never }]);
    expect(Object.keys((await asked).output.x!)).toEqual(['type', 'dims', 'data']);
  });

  it("copies Node's Buffer like any array of bytes", async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<Tensors, Tensors>({ model, onDevice: engine });
    const data = Buffer.from([1, 2]);
    const asked = predictor.predict(y(data));
    data[0] = 99;
    const { batch, answer } = await engine.called(1);
    expect((batch[0] as Tensors).y!.data).toEqual(Uint8Array.of(1, 2));
    answer([y(Buffer.from([3]))]);
    const { output } = await asked;
    (output.y!.data as Uint8Array)[0] = 99;
    expect((await predictor.predict(y(Uint8Array.of(1, 2)))).output.y!.data).toEqual(Uint8Array.of(3));
  });

  it('keeps what an engine gave even if it uses one buffer for all its outputs', async () => {
    const buffer = new Float32Array(1);
    const fill = (value: number) => {
      buffer[0] = value;
      return y(buffer);
    };
    const engines = [
      fromFunction(fill),
      fromFunction(fill, { concurrency: 1 }),
      engineOf(async ([input]) => ({ outputs: [fill(input as number)], backend: 'test' })),
    ];
    for (const onDevice of engines) {
      const predictor = createPredictor<number, Tensors>({ model, onDevice });
      const answers = await predictor.predictMany([1, 2, 3]);
      expect(answers.map(({ output }) => output.y!.data[0])).toEqual([1, 2, 3]);
    }
  });

  it('gives the next engine the input as it was, whatever the first one did to it', async () => {
    const predictor = createPredictor<number[], number[]>({
      model,
      onDevice: fromFunction((list: number[]) => {
        list.reverse();
        throw new Error('no');
      }),
      inCloud: fromFunction((list: number[]) => list),
    });
    expect((await predictor.predict([1, 2, 3])).output).toEqual([1, 2, 3]);
  });

  it('is not affected by later changes of the options', async () => {
    const changing = { name: 'm', version: '1' };
    const tiers = [memory()];
    const shared = memory();
    const close = vi.spyOn(shared, 'close');
    const versions: string[] = [];
    const predictor = createPredictor<string, string>({
      model: changing,
      tiers,
      onDevice: fromFunction((_: string, context) => {
        versions.push(context.model.version);
        return 'x';
      }),
    });
    changing.version = '2';
    tiers.push(shared);
    await predictor.predict('a');
    await predictor.dispose();
    expect(versions).toEqual(['1']);
    expect(close).not.toHaveBeenCalled();
  });

  it('may ask for a key while one is being written', async () => {
    const predictor = createPredictor<object, JsonValue>({
      model,
      onDevice: fromFunction((input: JsonValue) => input),
    });
    const { key } = await predictor.predict({ a: 1, b: 2 });
    const nosy = {
      a: 1,
      get b() {
        predictor.peek({ something: 'else' });
        return 2;
      },
    };
    expect((await predictor.predict(nosy)).key).toBe(key);
  });
});
