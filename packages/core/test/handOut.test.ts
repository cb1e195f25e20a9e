import { createPredictor, fromFunction, memory, type Tensors } from '@predcache/core';
import { bitsOf, tensorsOfEveryType } from '@predcache/core/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { handOut } from '../src/handOut.js';

const large = () => ({
  image: { type: 'float32' as const, dims: [2, 1000], data: Float32Array.from({ length: 2000 }, Math.sin) },
  class: { type: 'int64' as const, dims: [1], data: BigInt64Array.of(3n) },
});

afterEach(() => {
  vi.restoreAllMocks();
});

it('what is handed out is the same to the bit, and its own', () => {
  for (const stored of [large(), tensorsOfEveryType, { label: 'en', scores: [0.5, 0.25] }]) {
    const before = bitsOf(stored);
    const taken = handOut(stored) as Record<string, { data?: Uint8Array }>;
    expect(bitsOf(taken)).toBe(before);
    for (const value of Object.values(taken))
      if (ArrayBuffer.isView(value.data)) new Uint8Array(value.data.buffer).fill(7);
    taken.more = {};
    expect(bitsOf(stored)).toBe(before);
    expect(bitsOf(handOut(stored))).toBe(before);
  }
});

it('large data is copied when it is touched, and once', () => {
  const copies = vi.spyOn(Float32Array.prototype, 'slice');
  const stored = large();
  const taken = handOut(stored) as Tensors;
  expect(taken.image!.dims).toEqual([2, 1000]);
  expect(taken.class!.data).toEqual(stored.class.data);
  expect(copies).not.toHaveBeenCalled();
  expect(taken.image!.data).toBe(taken.image!.data);
  expect(taken.image!.data).not.toBe(stored.image.data);
  expect(copies).toHaveBeenCalledOnce();
});

it('it passes for a plain object', () => {
  const stored = large();
  const expected = large();
  expect({ ...(handOut(stored) as Tensors).image }).toEqual(expected.image);
  expect(structuredClone(handOut(stored))).toEqual(expected);
  expect(handOut(stored)).toEqual(expected);
  const replaced = handOut(stored) as unknown as { image: { data: Float32Array } };
  replaced.image.data = new Float32Array(1);
  expect(replaced.image.data).toHaveLength(1);
  expect(stored).toEqual(expected);
  expect(Object.keys(replaced.image)).toEqual(['type', 'dims', 'data']);
});

it('no caller changes what the next one gets, whatever the size', async () => {
  const predictor = createPredictor<number, Tensors, Tensors>({
    model: { name: 'large', version: '1' },
    storeNaN: true,
    tiers: [memory()],
    onDevice: fromFunction(async () => large()),
  });
  for (let call = 0; call < 3; call++) {
    const { output } = await predictor.predict(1);
    expect(output).toEqual(large());
    (output.image!.data as Float32Array).fill(7);
    (output.class!.data as BigInt64Array).fill(7n);
  }
  expect(predictor.peek(1)?.output).toEqual(large());
  await predictor.dispose();
});
