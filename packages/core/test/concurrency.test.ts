import { createPredictor, type Entry, fromFunction, memory } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { mapTier } from './support/doubles.js';
import { failure } from './support/failure.js';
import { GatedEngine } from './support/gatedEngine.js';

const model = { name: 'm', version: '1' };

describe('clear', () => {
  it.each([
    ['a small input', 'a'],
    ['a large input, still being hashed', 'a'.repeat(10_000)],
  ])('keeps out what was asked just before it: %s', async (_, input) => {
    const store = new Map<string, Entry>();
    const tiers = [memory(), mapTier({}, store)];
    const predictor = createPredictor<string, string>({ model, tiers, onDevice: fromFunction(() => 'x') });
    const asked = predictor.predict(input);
    await predictor.clear();
    expect((await asked).output).toBe('x');
    expect(predictor.peek(input)).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('keeps out what a slower tier still knows while it deletes', async () => {
    const store = new Map<string, Entry>();
    let finish = () => {};
    const deleting = () =>
      new Promise<number>((resolve) => {
        finish = () => resolve(store.size);
      });
    let answer = 'old';
    const predictor = createPredictor<string, string>({
      model,
      tiers: [memory(), mapTier({ delete: deleting }, store)],
      onDevice: fromFunction(() => answer),
    });
    await predictor.predict('a');
    answer = 'new';
    const clearing = predictor.clear();
    expect((await predictor.predict('a')).output).toBe('new');
    finish();
    await clearing;
    expect(predictor.peek('a')?.output).toBe('new');
  });
});

describe('requests at the same time', () => {
  it('do not join one that may be answered by another engine only', async () => {
    const inCloud = fromFunction(() => {
      throw new Error('offline');
    });
    const predictor = createPredictor<string, string>({
      model,
      onDevice: fromFunction(() => 'device'),
      inCloud,
    });
    const cloud = failure(predictor.predict('a', { inferenceMode: 'only_in_cloud' }));
    expect(await predictor.predict('a')).toMatchObject({ output: 'device', source: 'on_device' });
    expect(await cloud).toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('count as hits when a tier answered them all', async () => {
    const store = new Map<string, Entry>();
    const make = () =>
      createPredictor<string, string>({
        model,
        tiers: [memory(), mapTier({}, store)],
        onDevice: fromFunction(() => 'x'),
      });
    await make().predict('a');
    const predictor = make();
    await predictor.predictMany(['a', 'a']);
    expect(predictor.stats()).toMatchObject({ requests: 2, hits: 2, misses: 0, collapsed: 1, hitRatio: 1 });
  });

  it('count as computed once even if the one who began has left', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const controller = new AbortController();
    const first = failure(predictor.predict('a', { signal: controller.signal }));
    const second = predictor.predict('a');
    const { answer } = await engine.called(1);
    controller.abort();
    await first;
    answer(['A']);
    await second;
    expect(predictor.stats()).toMatchObject({
      requests: 2,
      aborted: 1,
      misses: 1,
      collapsed: 0,
      computedBy: { on_device: 1 },
    });
  });

  it('encode once with keyFrom, and not at all on a hit on disk', async () => {
    const store = new Map<string, Entry>();
    const encode = vi.fn((bytes: Uint8Array) => [...bytes]);
    const make = () =>
      createPredictor<Uint8Array, number>({
        model,
        encode,
        keyFrom: (bytes) => bytes,
        encodeVersion: '1',
        tiers: [memory(), mapTier({}, store)],
        onDevice: fromFunction((list: number[]) => list.length),
      });
    await make().predictMany([1, 1, 1].map((value) => Uint8Array.of(value)));
    expect(encode).toHaveBeenCalledTimes(1);
    expect((await make().predict(Uint8Array.of(1))).source).toBe('indexeddb');
    expect(encode).toHaveBeenCalledTimes(1);
  });

  it('run no more often than a function takes at once, whichever predictors they are of', async () => {
    let running = 0;
    let most = 0;
    const engine = fromFunction(
      async (text: string) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve));
        running--;
        return text;
      },
      { concurrency: 2 },
    );
    const asked = ['1', '2', '3'].flatMap((version) => {
      const predictor = createPredictor<string, string>({ model: { name: 'm', version }, onDevice: engine });
      return ['a', 'b', 'c'].map((input) => predictor.predict(input));
    });
    expect((await Promise.all(asked)).map(({ output }) => output).join('')).toBe('abcabcabc');
    expect(most).toBe(2);
  });

  it('put no more than one listener on a signal they share', async () => {
    const warnings = vi.spyOn(process, 'emitWarning');
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const predictor = createPredictor<number, number>({
      model,
      onDevice: fromFunction((input: number) => input),
    });
    await predictor.predictMany(
      Array.from({ length: 50 }, (_, index) => index),
      { signal },
    );
    expect(add).toHaveBeenCalledTimes(1);
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
  });
});

describe('requests after a clear', () => {
  it('are stored, although one that was being hashed when it came began first', async () => {
    const input = 'a'.repeat(10_000);
    const predictor = createPredictor<string, string>({ model, onDevice: fromFunction(() => 'x') });
    const before = predictor.predict(input);
    const clearing = predictor.clear();
    const after = predictor.predict(input);
    await Promise.all([before, clearing, after]);
    expect((await predictor.predict(input)).source).toBe('memory');
  });
});
