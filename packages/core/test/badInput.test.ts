import { createPredictor, fromFunction, isPredcacheError, type Predictor } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { failure } from './support/failure.js';

const model = { name: 'm', version: '1' };
const echo = () => fromFunction((input: unknown) => input);

/** Rejects with a typed error of this code, and the next prediction works. */
async function refuses(predictor: Predictor<unknown, unknown>, input: unknown, code: string): Promise<void> {
  const error = await failure(predictor.predict(input));
  expect(isPredcacheError(error) && error.code).toBe(code);
  expect((await predictor.predict('fine')).output).toBe('fine');
  expect((await predictor.predict('fine')).source).toBe('memory');
}

describe('bad input', () => {
  const x = (type: unknown, dims: unknown, data: unknown) => ({ x: { type, dims, data } });
  const cases: [name: string, input: unknown, code: string][] = [
    ['an unknown tensor type', x('float99', [1], Float32Array.of(1)), 'INPUT_TENSOR_INVALID'],
    ["dims that don't match the data", x('float32', [2], Float32Array.of(1)), 'INPUT_TENSOR_INVALID'],
    ['a typed array that is no tensor', Float32Array.of(1), 'INPUT_NOT_JSON'],
    ['NaN outside a tensor', { a: Number.NaN }, 'INPUT_NOT_JSON'],
    ['undefined', undefined, 'INPUT_INVALID'],
    ['a function', () => 1, 'INPUT_NOT_JSON'],
  ];
  for (const [name, input, code] of cases) {
    it(`${name} is refused`, () =>
      refuses(createPredictor<unknown, unknown>({ model, onDevice: echo() }), input, code));
  }

  it('NaN and infinities in tensors are answered and kept, bit for bit', async () => {
    const predictor = createPredictor<unknown, { x: { data: Float32Array } }>({
      model,
      storeNaN: true,
      onDevice: echo(),
    });
    const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0);
    for (const source of ['on_device', 'memory']) {
      const prediction = await predictor.predict(x('float32', [3], data));
      expect(prediction.source).toBe(source);
      expect(new Uint8Array(prediction.output.x.data.buffer)).toEqual(new Uint8Array(data.buffer));
    }
  });

  it('empty inputs are inputs like any other', async () => {
    const predictor = createPredictor<unknown, unknown>({ model, onDevice: echo() });
    for (const input of ['', {}, [], null, x('float32', [0, 3], new Float32Array(0))]) {
      expect((await predictor.predict(input)).output).toEqual(input);
      expect((await predictor.predict(input)).source).toBe('memory');
    }
    expect(predictor.stats()).toMatchObject({ hits: 5, misses: 5 });
  });

  it('50 MB are answered, and refused where maxInputSize says so', async () => {
    const input = x('uint8', [50e6], new Uint8Array(50e6).fill(1));
    const predictor = createPredictor<unknown, number>({
      model,
      onDevice: fromFunction((large: typeof input) => (large.x.data as Uint8Array).length),
    });
    expect((await predictor.predict(input)).output).toBe(50e6);
    expect((await predictor.predict(input)).source).toBe('memory');
    expect(predictor.peek(input)).toBeUndefined();
    await refuses(
      createPredictor<unknown, unknown>({ model, onDevice: echo(), maxInputSize: 1e6 }),
      input,
      'INPUT_TOO_LARGE',
    );
    const text = createPredictor<unknown, number>({
      model,
      onDevice: fromFunction((large: string) => large.length),
    });
    expect((await text.predict('x'.repeat(50e6))).output).toBe(50e6);
  });

  it('an encode that throws is named, and the next input works', async () => {
    const encode = (input: unknown) => {
      if (input === 'bad') throw new RangeError('too odd');
      return input;
    };
    const predictor = createPredictor<unknown, unknown>({ model, encode, onDevice: echo() });
    await refuses(predictor, 'bad', 'INPUT_ENCODE_FAILED');
  });

  it('a decode that throws is named, and works later on what was kept', async () => {
    const run = vi.fn((input: string) => input);
    let isBroken = true;
    const decode = (outputs: string) => {
      if (isBroken) throw new Error('not yet');
      return outputs;
    };
    const predictor = createPredictor<string, string, string>({ model, decode, onDevice: fromFunction(run) });
    expect(await failure(predictor.predict('a'))).toMatchObject({
      code: 'OUTPUT_DECODE_FAILED',
      what: 'not yet',
    });
    expect(predictor.peek('a')).toBeUndefined();
    isBroken = false;
    expect((await predictor.predict('a')).source).toBe('memory');
    expect(run).toHaveBeenCalledTimes(1);
    expect(predictor.stats()).toMatchObject({ requests: 2, failures: 1 });
  });

  it('an engine that gives what cannot be kept is named', async () => {
    const outputs: unknown[] = [undefined, () => 1, new Date(0), x('float32', [2], Float32Array.of(1)), [1n]];
    for (const output of outputs) {
      const predictor = createPredictor<unknown, unknown>({
        model,
        onDevice: fromFunction((input) => (input === 'fine' ? input : output)),
      });
      await refuses(predictor, 'odd', 'OUTPUT_INVALID');
    }
  });
});
