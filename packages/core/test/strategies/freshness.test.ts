import { createPredictor, fromFunction, memory, type PredictorOptions } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { slowTier } from '../support/slowTier.js';

const model = { name: 'm', version: '1' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function make(options: Partial<PredictorOptions<string, string, string>> = {}) {
  const world = { says: 'old' as string | Error, runs: 0 };
  const predictor = createPredictor<string, string, string>({
    model,
    tiers: [memory(), slowTier()],
    onDevice: fromFunction(() => {
      world.runs++;
      if (world.says instanceof Error) throw world.says;
      return world.says;
    }),
    ...options,
  });
  return { world, predictor };
}

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe('stale-while-revalidate', () => {
  it('answers at once with what is stale, and computes anew in the background, once', async () => {
    const engine = new GatedEngine();
    const { predictor } = make({ ttl: 1000, staleWhileRevalidate: 5000, onDevice: engine });
    const first = predictor.predict('a', { waitForTiers: true });
    (await engine.called(1)).answer(['old']);
    await first;
    later(1500);
    const answers = await Promise.all([1, 2, 3].map(() => predictor.predict('a')));
    for (const answer of answers)
      expect(answer).toMatchObject({ output: 'old', isStale: true, age: 1500, source: 'memory' });
    (await engine.called(2)).answer(['new']);
    await expect.poll(() => predictor.peek('a')).toMatchObject({ output: 'new', isStale: false });
    expect(engine.calls.length).toBe(2);
    // Peeks at what was stale meanwhile count as well.
    expect(predictor.stats().staleHits).toBeGreaterThanOrEqual(3);
    expect(predictor.stats()).toMatchObject({
      misses: 1,
      background: { refresh: 1 },
    });
    await predictor.dispose();
  });

  it('also where only a slower tier has it', async () => {
    const tier = slowTier();
    const { world, predictor } = make({ ttl: 1000, staleWhileRevalidate: 5000, tiers: [tier] });
    await predictor.predict('a', { waitForTiers: true });
    later(1500);
    world.says = 'new';
    expect(await predictor.predict('a')).toMatchObject({ output: 'old', isStale: true });
    await expect.poll(async () => (await predictor.predict('a')).output).toBe('new');
    await predictor.dispose();
  });

  it('is over after its time: then it is a miss', async () => {
    const { world, predictor } = make({ ttl: 1000, staleWhileRevalidate: 5000 });
    await predictor.predict('a', { waitForTiers: true });
    later(6000);
    world.says = 'new';
    expect(predictor.peek('a')).toBeUndefined();
    expect(await predictor.predict('a')).toMatchObject({ output: 'new', isStale: false, age: 0 });
  });

  it('keeps the tags of the entry that is replaced', async () => {
    const { world, predictor } = make({ ttl: 1000, staleWhileRevalidate: 5000 });
    await predictor.predict('a', { tags: ['x'], waitForTiers: true });
    later(1500);
    world.says = 'new';
    await predictor.predict('a');
    await expect.poll(() => predictor.peek('a')?.output).toBe('new');
    await predictor.invalidate({ tags: ['x'] });
    expect(predictor.peek('a')).toBeUndefined();
  });

  it('a refresh that fails is reported, and leaves what there is', async () => {
    const { world, predictor } = make({ ttl: 1000, staleWhileRevalidate: 5000 });
    const failed: unknown[] = [];
    predictor.subscribe((event) => event.type === 'background-failed' && failed.push(event.purpose));
    await predictor.predict('a');
    later(1500);
    world.says = new Error('down');
    expect((await predictor.predict('a')).output).toBe('old');
    await expect.poll(() => failed).toEqual(['refresh']);
    expect(predictor.stats().failures).toBe(0);
    expect((await predictor.predict('a')).output).toBe('old');
  });
});

describe('stale-if-error', () => {
  it('answers with what is stale when computing fails, and not otherwise', async () => {
    const { world, predictor } = make({ ttl: 1000, staleIfError: 5000 });
    await predictor.predict('a', { waitForTiers: true });
    later(1500);
    world.says = new Error('down');
    expect(await predictor.predict('a')).toMatchObject({ output: 'old', isStale: true });
    world.says = 'new';
    expect(await predictor.predict('a')).toMatchObject({ output: 'new', isStale: false });
    later(7000);
    world.says = new Error('down');
    expect(await failure(predictor.predict('a'))).toMatchObject({ code: 'ENGINE_FAILED' });
  });
});

it('a request may ask for other freshness than the predictor', async () => {
  const { world, predictor } = make();
  await predictor.predict('a', { waitForTiers: true });
  later(1500);
  world.says = 'new';
  expect((await predictor.predict('a', { ttl: 2000 })).output).toBe('old');
  expect((await predictor.predict('a', { ttl: 1000 })).output).toBe('new');
  expect((await predictor.predict('a')).output).toBe('new');
});
