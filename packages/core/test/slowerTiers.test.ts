import { createPredictor, fromFunction, keyOf, memory } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { mapTier } from './support/doubles.js';

const model = { name: 'm', version: '1' };
const engine = () => fromFunction((input: string) => input.toUpperCase());

describe('a tier behind memory', () => {
  it('that knows an entry at once answers peek and predict, and memory knows it from then on', async () => {
    const key = await keyOf(model, 'a');
    const fast = memory();
    const tier = mapTier();
    const predictor = createPredictor<string, string>({ model, tiers: [fast, tier], onDevice: engine() });
    const entry = sampleEntry(0, { key, model: predictor.modelId, outputs: 'A' });
    tier.peek = (asked) => (asked === key ? entry : undefined);
    expect(predictor.peek('a')).toMatchObject({ output: 'A', source: 'indexeddb' });
    expect(predictor.peek('a')).toMatchObject({ output: 'A', source: 'memory' });
    expect(fast.usage().entries).toBe(1);
    expect((await predictor.predict('a')).source).toBe('memory');
    expect(predictor.stats()).toMatchObject({ hits: 3, misses: 0 });
    await predictor.dispose();
  });

  it('is asked by getMany for what its peek does not know', async () => {
    const tier = mapTier({ peek: () => undefined });
    const predictor = createPredictor<string, string>({ model, tiers: [tier], onDevice: engine() });
    await predictor.predict('b');
    await expect.poll(() => predictor.stats().stored).toBe(1);
    expect((await predictor.predict('b')).source).toBe('indexeddb');
    await predictor.dispose();
  });

  it('hears, 64 at a time, of what memory answered, and of nothing that it answered itself', async () => {
    const touched: (readonly string[])[] = [];
    const tier = mapTier({ touch: (keys) => touched.push(keys) });
    const predictor = createPredictor<string, string>({ model, tiers: [memory(), tier], onDevice: engine() });
    const { key } = await predictor.predict('a');
    for (let asked = 0; asked < 63; asked++) predictor.peek('a');
    expect(touched).toEqual([]);
    predictor.peek('a');
    expect(touched).toEqual([Array.from({ length: 64 }, () => key)]);
    await predictor.dispose();
  });

  it('that fails to hear of it is reported, and the answer is given', async () => {
    const tier = mapTier({
      touch: () => {
        throw new Error('deaf');
      },
    });
    const predictor = createPredictor<string, string>({ model, tiers: [memory(), tier], onDevice: engine() });
    await predictor.predict('a');
    for (let asked = 0; asked < 64; asked++) expect(predictor.peek('a')?.output).toBe('A');
    expect(predictor.stats().tierErrors).toBe(1);
    await predictor.dispose();
  });
});
