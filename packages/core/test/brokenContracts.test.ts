import {
  createPredictor,
  type Entry,
  fromFunction,
  memory,
  type Payload,
  type Predictor,
} from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { engineOf, mapTier } from './support/doubles.js';
import { failure } from './support/failure.js';

const model = { name: 'm', version: '1' };

describe('engines that break their contract', () => {
  const cases: [what: string, run: () => Promise<never>, code: string][] = [
    [
      'reject with what has no text',
      () => Promise.reject(Object.assign(new Error('x'), { message: { detail: 1 } })),
      'ENGINE_FAILED',
    ],
    ['reject with an object without a prototype', () => Promise.reject(Object.create(null)), 'ENGINE_FAILED'],
    [
      'throw at once',
      () => {
        throw new Error('at once');
      },
      'ENGINE_FAILED',
    ],
    ['give nothing', async () => undefined as never, 'OUTPUT_INVALID'],
  ];
  it.each(cases)('get a typed error: %s', async (_, run, code) => {
    const predictor = createPredictor<string, string>({ model, onDevice: engineOf(run) });
    expect(await failure(predictor.predict('a'))).toMatchObject({ code });
    expect(predictor.stats()).toMatchObject({ requests: 1, failures: 1 });
  });

  it('are passed by when what they give is invalid and another engine is there', async () => {
    const predictor = createPredictor<string, string>({
      model,
      onDevice: fromFunction(() => undefined),
      inCloud: fromFunction(() => 'cloud'),
    });
    expect(await predictor.predict('a')).toMatchObject({ output: 'cloud', source: 'in_cloud' });
    expect(predictor.stats().engineErrors).toBe(1);
  });

  it('do not spoil the time saved with costs that are none', async () => {
    const run = async () => ({ outputs: ['x'], backend: 'test', costs: [Number.NaN] });
    const predictor = createPredictor<string, string>({ model, onDevice: engineOf(run) });
    await predictor.predictMany(['a']);
    await predictor.predict('a');
    expect(predictor.stats().timeSaved).toBeGreaterThanOrEqual(0);
  });

  it('do not keep tiers from being closed', async () => {
    const tier = memory();
    const close = vi.spyOn(tier, 'close');
    const run = async () => ({ outputs: ['x'], backend: 'test' });
    const engine = engineOf(run, {
      dispose: () => Promise.reject(new Error('stuck')),
      load: () => new Promise(() => {}),
    });
    const predictor = createPredictor<string, string>({ model, tiers: [tier], onDevice: engine });
    const types: string[] = [];
    predictor.subscribe(({ type }) => types.push(type));
    const loading = failure(predictor.load());
    expect(await failure(predictor.dispose())).toMatchObject({ code: 'ENGINE_FAILED', what: 'stuck' });
    expect(await loading).toMatchObject({ code: 'DISPOSED' });
    expect(close).toHaveBeenCalled();
    expect(types).toContain('disposed');
  });
});

describe('tiers that break their contract', () => {
  /** The identity of `model`, as tiers get to see it. */
  async function modelId(): Promise<string> {
    const store = new Map<string, Entry>();
    const predictor = createPredictor<string, string>({
      model,
      tiers: [mapTier({}, store)],
      onDevice: fromFunction(() => 'x'),
    });
    await predictor.predict('a');
    return [...store.values()][0]!.model;
  }

  it.each([
    ['no outputs', { outputs: undefined }],
    ['outputs that are none', { outputs: new Date(0) }],
    ['no size', { size: undefined }],
    ['a cost that is none', { cost: Number.NaN }],
    ['no backend', { backend: undefined }],
  ])('are not believed: an entry with %s', async (_, damage) => {
    const id = await modelId();
    const fast = memory({ maxSize: 1000 });
    const damaged = mapTier({
      getMany: async ([key]) => [{ ...sampleEntry(1), key: key!, model: id, ...damage } as unknown as Entry],
    });
    const predictor: Predictor<string, Payload> = createPredictor<string, Payload>({
      model,
      tiers: [fast, damaged],
      onDevice: fromFunction(() => 'x'),
    });
    for (const input of ['a', 'b', 'c']) expect((await predictor.predict(input)).output).toBe('x');
    expect(predictor.stats().tierErrors).toBe(3);
    expect(fast.usage().bytes).toBeLessThanOrEqual(1000);
  });

  it('do not make stats or dispose throw', async () => {
    const usage = () => {
      throw new Error('usage');
    };
    const close = () => {
      throw new Error('close');
    };
    const tier = mapTier({ peek: () => undefined, peeksEverything: true, usage, close });
    const predictor = createPredictor<string, string>({
      model,
      tiers: [tier],
      onDevice: fromFunction(() => 'x'),
    });
    expect(predictor.stats().requests).toBe(0);
    await predictor.dispose();
    expect(predictor.stats().tierErrors).toBe(2);
  });

  it('may write while memory reports an eviction', () => {
    const tier = memory({ maxEntries: 2 });
    let isFirst = true;
    tier.subscribe(({ type }) => {
      if (type !== 'evicted' || !isFirst) return;
      isFirst = false;
      tier.setMany([sampleEntry(3)]);
    });
    tier.setMany([1, 2, 3, 4].map((number) => sampleEntry(number)));
    const { entries, bytes } = tier.usage();
    expect([entries, bytes]).toEqual([2, 2 * sampleEntry(1).size]);
  });
});
