import { createPredictor, memory } from '@predcache/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { gate } from '../support/gate.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

afterEach(() => void vi.useRealTimers());

describe('an entry carries the tags', () => {
  it('of the one who asked', async () => {
    const { predictor, slow } = makeWorld();
    await predictor.predict('a', { tags: ['x', 'y', 'x'], waitForTiers: true });
    expect([...slow.entries.values()][0]?.tags).toEqual(['x', 'y']);
  });

  it('of everybody who shared the computation', async () => {
    const engine = new GatedEngine();
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const asked = [[], ['x'], ['y']].map((tags) => predictor.predict('a', { tags }));
    (await engine.called(1)).answer(['A']);
    const { key } = (await Promise.all(asked))[0]!;
    expect(engine.calls.length).toBe(1);
    expect(fast.peek(key)?.tags).toEqual(['x', 'y']);
  });

  it('of those who asked for it in another way while it was computed', async () => {
    const engine = new GatedEngine({ concurrency: 2, maxBatchSize: 1 });
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const plain = predictor.predict('a');
    const first = await engine.called(1);
    const tagged = predictor.predict('a', { tags: ['x'], ttl: 5000 });
    (await engine.called(2)).answer(['A']);
    const { key } = await tagged;
    first.answer(['A']);
    await plain;
    expect(fast.peek(key)?.tags).toEqual(['x']);
  });

  it('of those who found it, in every tier', async () => {
    const { predictor, fast, slow } = makeWorld();
    const { key } = await predictor.predict('a', { tags: ['x'], waitForTiers: true });
    await predictor.predict('a', { tags: ['y'] });
    expect(fast.peek(key)?.tags).toEqual(['x', 'y']);
    await until(() => slow.entries.get(key)?.tags.join() === 'x,y');
    fast.delete({ all: true });
    await predictor.predict('a', { tags: ['z'], waitForTiers: true });
    expect(fast.peek(key)?.tags).toEqual(['x', 'y', 'z']);
    expect(slow.entries.get(key)?.tags).toEqual(['x', 'y', 'z']);
    await predictor.invalidate({ tags: ['y'] });
    expect(slow.entries.size + fast.usage().entries).toBe(0);
  });

  it('of one who prewarmed what was known', async () => {
    const { predictor, slow } = makeWorld();
    const { key } = await predictor.predict('a', { tags: ['x'], waitForTiers: true });
    expect(await predictor.prewarm(['a'], { tags: ['w'], priority: 'now' })).toMatchObject({ known: 1 });
    await until(() => slow.entries.get(key)?.tags.join() === 'x,w');
  });

  it.each(['reload', 'no-cache'] as const)(
    'of what a %s replaces, in whatever tier that is',
    async (cache) => {
      const { predictor, fast, slow } = makeWorld();
      const { key } = await predictor.predict('a', { tags: ['x'], waitForTiers: true });
      await predictor.predict('a', { cache, waitForTiers: true });
      expect(fast.peek(key)?.tags).toEqual(['x']);
      fast.delete({ all: true });
      await predictor.predict('a', { cache, tags: ['y'], waitForTiers: true });
      expect(slow.entries.get(key)?.tags.toSorted()).toEqual(['x', 'y']);
    },
  );

  it('of what it replaces for being out of date', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const { predictor, fast } = makeWorld({ ttl: 10 });
    const { key } = await predictor.predict('a', { tags: ['x'] });
    vi.setSystemTime(2000);
    expect((await predictor.predict('a')).source).toBe('on_device');
    expect(fast.peek(key)?.tags).toEqual(['x']);
  });

  it('of those who found the stale one while it was refreshed', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const engine = new GatedEngine();
    const fast = memory();
    const predictor = createPredictor<string, string>({
      model,
      tiers: [fast],
      onDevice: engine,
      ttl: 10,
      staleWhileRevalidate: 1e6,
    });
    const first = predictor.predict('a', { tags: ['x'] });
    (await engine.called(1)).answer(['old']);
    const { key } = await first;
    vi.setSystemTime(2000);
    await predictor.predict('a');
    const { answer } = await engine.called(2);
    await predictor.predict('a', { tags: ['y'] });
    answer(['new']);
    await until(() => fast.peek(key)?.outputs === 'new');
    expect(fast.peek(key)?.tags).toEqual(['x', 'y']);
  });
});

describe('what began to be computed before a tag was invalidated', () => {
  it('is not joined, nor stored, by one who asks with the tag afterwards', async () => {
    const engine = new GatedEngine({ concurrency: 2, maxBatchSize: 1 });
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const before = predictor.predict('a');
    const first = await engine.called(1);
    await predictor.invalidate({ tags: ['x'] });
    const after = predictor.predict('a', { tags: ['x'] });
    (await engine.called(2)).answer(['new']);
    expect((await after).output).toBe('new');
    first.answer(['old']);
    expect((await before).output).toBe('old');
    expect(predictor.peek('a')?.output).toBe('new');
  });

  it('is stored if nobody asks with the tag', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const asked = predictor.predict('a', { tags: ['y'] });
    const { answer } = await engine.called(1);
    await predictor.invalidate({ tags: ['x'] });
    answer(['A']);
    await asked;
    expect(predictor.peek('a')?.output).toBe('A');
  });

  it('is not found by a look-up that a slower tier had read and not yet told', async () => {
    const { predictor, fast, slow, world } = makeWorld();
    await predictor.predict('a', { tags: ['x'], waitForTiers: true });
    fast.delete({ all: true });
    const { opened, open } = gate();
    let steps = 0;
    slow.turn = async (operation) => {
      if (operation === 'get' && ++steps === 2) await opened;
    };
    const asked = predictor.predict('a');
    await until(() => steps === 2);
    world.state = 1;
    await predictor.invalidate({ tags: ['x'] });
    open();
    expect((await asked).output).toBe('a v1 s1');
    expect((await predictor.predict('a')).output).toBe('a v1 s1');
  });
});
