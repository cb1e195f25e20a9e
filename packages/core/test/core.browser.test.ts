import { createPredictor, fromFunction, memory, type Tensors } from '@predcache/core';
import { engineConformance, tierConformance } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { Keyer } from '../src/keys/keyer.js';
import { keyVectorSuite } from './suites/keyVectors.js';

const test = { describe, expect, it };

keyVectorSuite(test);
tierConformance({ name: 'memory in a browser', create: (bounds) => memory(bounds), test });
engineConformance({
  name: 'fromFunction in a browser',
  create: () =>
    fromFunction((input: number | string) => {
      if (typeof input !== 'number') throw new TypeError('not a number');
      return input + 1;
    }),
  model: { name: 'next', version: '1' },
  inputs: [1, 2, 3],
  badInput: 'one',
  test,
});

describe('core in a browser', () => {
  it('hashes a large input with WebCrypto to the same key as on the spot', async () => {
    const input: Tensors = { x: { type: 'uint8', dims: [300_000], data: new Uint8Array(300_000).fill(9) } };
    const keyer = new Keyer({ model: { name: 'm', version: '1' }, maxInputSize: 1e6 });
    const { key } = keyer.keyOf(input);
    expect(key).toBeInstanceOf(Promise);
    expect(await key).toBe(keyer.keyNow(input, 1e6));
  });

  it('answers the second time from memory', async () => {
    const predictor = createPredictor<{ text: string }, number>({
      model: { name: 'length', version: '1' },
      onDevice: fromFunction(({ text }: { text: string }) => text.length),
    });
    expect((await predictor.predict({ text: 'abc' })).source).toBe('on_device');
    expect(predictor.peek({ text: 'abc' })).toMatchObject({ output: 3, source: 'memory' });
  });

  it('takes tensors of another realm', async () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const other = frame.contentWindow as unknown as typeof globalThis;
    const predictor = createPredictor({
      model: { name: 'm', version: '1' },
      onDevice: fromFunction((input: Tensors) => input),
    });
    const data = other.Float32Array.of(1, 2);
    const foreign = { x: { type: 'float32', dims: other.Array.of(2), data } } as unknown as Tensors;
    await predictor.predict({ x: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } });
    expect((await predictor.predict(foreign)).source).toBe('memory');
    expect((await predictor.predict(other.JSON.parse('{"a":[1]}'))).source).toBe('on_device');
    frame.remove();
  });
});
