import { createPredictor, fromFunction, memory } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { engineOf } from './support/doubles.js';

const model = { name: 'm', version: '1' };

describe('options that make no sense', () => {
  const onDevice = fromFunction(() => 'x');
  const run = async () => ({ outputs: [], backend: 'x' });
  it.each([
    ['none at all', undefined],
    ['no model', { onDevice }],
    ['a function as engine', { model, onDevice: async () => 'x' }],
    ['an engine that takes no batch', { model, onDevice: engineOf(run, { maxBatchSize: 0 }) }],
    ['an engine that never runs', { model, onDevice: engineOf(run, { concurrency: Number.NaN }) }],
    ['a tier instead of tiers', { model, onDevice, tiers: memory() }],
    ['no tier in tiers', { model, onDevice, tiers: [undefined] }],
    ['an encode that is no function', { model, onDevice, encode: 3 }],
    ['a number as encodeVersion', { model, onDevice, keyFrom: () => new Uint8Array(), encodeVersion: 1 }],
  ])('are refused: %s', (_, options) => {
    expect(() => createPredictor(options as never)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });

  it('are refused by fromFunction', () => {
    for (const concurrency of [0, -1, Number.NaN]) {
      expect(() => fromFunction(() => 'x', { concurrency })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      );
    }
  });

  it('include tiers and engines that were closed with their last predictor', async () => {
    const tiers = [memory()];
    await createPredictor({ model, tiers, onDevice: fromFunction(() => 'x') }).dispose();
    expect(() => createPredictor({ model, tiers, onDevice })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });
});
