import { asyncDisposable, createPredictor, fromFunction } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';

describe('await using', () => {
  it('disposes of a predictor, and of the engine that nothing else uses, at the end of the block', async () => {
    const engine = fromFunction(async () => 1);
    const settled = await (async () => {
      await using predictor = createPredictor<string, number>({
        model: { name: 'm', version: '1' },
        onDevice: engine,
      });
      return await predictor.predict('input');
    })();
    expect(settled.output).toBe(1);
    expect(await engine.availability({ model: { name: 'm', version: '1' } })).toMatchObject({
      state: 'unavailable',
    });
  });

  it('works for engines made by fromFunction', async () => {
    const engine = fromFunction(() => 1);
    const dispose = vi.spyOn(engine, 'dispose');
    await engine[Symbol.asyncDispose]?.();
    expect(dispose).toHaveBeenCalledTimes(1);
  });

  it('leaves objects as they are where the runtime does not know of it', () => {
    const known = Symbol.asyncDispose;
    vi.stubGlobal('Symbol', { iterator: Symbol.iterator });
    const object = asyncDisposable({ dispose: async () => {} });
    vi.unstubAllGlobals();
    expect(Reflect.ownKeys(object)).toEqual(['dispose']);
    expect(known in object).toBe(false);
  });
});
