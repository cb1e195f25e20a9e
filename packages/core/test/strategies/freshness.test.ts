import { createPredictor, memory } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe.each(['the predictor', 'the call'])('freshness given to %s', (where) => {
  const made = (freshness: object) => {
    const isOfCall = where === 'the call';
    const all = makeWorld(isOfCall ? {} : freshness);
    const ask = () => all.predictor.predict('a', isOfCall ? freshness : {});
    return { ...all, ask };
  };

  it('is up at ttl, and not before', async () => {
    const { ask, world } = made({ ttl: 100 });
    await ask();
    later(99);
    world.state = 1;
    expect(await ask()).toMatchObject({ output: 'a v1 s0', age: 99, isStale: false, source: 'memory' });
    later(1);
    expect(await ask()).toMatchObject({ output: 'a v1 s1', age: 0, isStale: false, source: 'on_device' });
  });

  it('gives what is stale at once while it is computed anew', async () => {
    const { ask, world, events } = made({ ttl: 100, staleWhileRevalidate: 50 });
    await ask();
    later(100);
    world.state = 1;
    expect(await ask()).toMatchObject({ output: 'a v1 s0', age: 100, isStale: true, source: 'memory' });
    await until(() => events.some(({ type }) => type === 'background'));
    expect(await ask()).toMatchObject({ output: 'a v1 s1', age: 0, isStale: false, source: 'memory' });
    later(150);
    world.state = 2;
    expect(await ask()).toMatchObject({ output: 'a v1 s2', source: 'on_device' });
  });

  it('gives what is stale when computing fails, and no longer than staleIfError', async () => {
    const { ask, world } = made({ ttl: 100, staleIfError: 50 });
    await ask();
    later(149);
    world.isBroken = true;
    expect(await ask()).toMatchObject({ output: 'a v1 s0', age: 149, isStale: true, source: 'memory' });
    later(1);
    expect(await failure(ask())).toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('of 0 gives nothing twice, and marks what it gives while revalidating', async () => {
    const { ask, world } = made({ ttl: 0 });
    await ask();
    await ask();
    expect(world.runs).toBe(2);
    const always = made({ ttl: 0, staleWhileRevalidate: 1000 });
    await always.ask();
    expect(await always.ask()).toMatchObject({ source: 'memory', age: 0, isStale: true });
  });

  it('holds for the slower tier as well', async () => {
    const { ask, fast, slow, world } = made({ ttl: 100, staleWhileRevalidate: 50 });
    await ask();
    await until(() => slow.entries.size === 1);
    later(120);
    world.state = 1;
    fast.delete({ all: true });
    const answer = await ask();
    expect(answer).toMatchObject({ output: 'a v1 s0', isStale: true });
    await until(() => fast.peek(answer.key)?.outputs === 'a v1 s1');
  });
});

describe('peek', () => {
  it('gives what is stale, marked, and nothing beyond that', async () => {
    const { predictor } = makeWorld({ ttl: 100, staleWhileRevalidate: 50 });
    await predictor.predict('a');
    later(120);
    expect(predictor.peek('a')).toMatchObject({ isStale: true, age: 120 });
    later(30);
    expect(predictor.peek('a')).toBeUndefined();
  });
});

describe('a refresh', () => {
  it('runs once, however many ask', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({
      model,
      tiers: [memory()],
      onDevice: engine,
      ttl: 100,
      staleWhileRevalidate: 1e6,
    });
    const first = predictor.predict('a');
    (await engine.called(1)).answer(['old']);
    await first;
    later(200);
    for (let asked = 0; asked < 20; asked++)
      expect(await predictor.predict('a')).toMatchObject({ output: 'old', isStale: true });
    const { answer } = await engine.called(2);
    answer(['new']);
    await until(() => predictor.stats().background.refresh === 1);
    expect(predictor.peek('a')?.output).toBe('new');
    expect(engine.calls.length).toBe(2);
    expect(predictor.stats()).toMatchObject({
      requests: 22,
      hits: 21,
      misses: 1,
      staleHits: 20,
      background: { refresh: 1, prewarm: 0, audit: 0 },
    });
  });

  it('that fails is reported and leaves what is stored', async () => {
    const { predictor, world, events } = makeWorld({ ttl: 100, staleWhileRevalidate: 1e6 });
    await predictor.predict('a');
    later(200);
    world.isBroken = true;
    await predictor.predict('a');
    await until(() => events.at(-1)?.type === 'background-failed');
    expect(events.at(-1)).toMatchObject({ purpose: 'refresh', error: { code: 'ENGINE_FAILED' } });
    expect((await predictor.predict('a')).output).toBe('a v1 s0');
    expect(predictor.stats().failures).toBe(0);
  });

  it('goes on when the one who caused it has left, and ends with the predictor', async () => {
    const engine = new GatedEngine();
    const options = { model, tiers: [memory()], onDevice: engine, ttl: 100, staleWhileRevalidate: 1e6 };
    const predictor = createPredictor<string, string>(options);
    const first = predictor.predict('a');
    (await engine.called(1)).answer(['old']);
    await first;
    later(200);
    const controller = new AbortController();
    await predictor.predict('a', { signal: controller.signal });
    controller.abort();
    const { options: run } = await engine.called(2);
    expect(run.signal?.aborted).toBe(false);
    await predictor.dispose();
    expect(run.signal?.aborted).toBe(true);
  });
});

describe('options of freshness', () => {
  const bad = [{ ttl: -1 }, { ttl: Number.NaN }, { staleIfError: '5' }, { staleWhileRevalidate: null }];
  it.each(bad)('are refused where they make no sense: %j', async (options) => {
    expect(() => makeWorld(options as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    const { predictor } = makeWorld();
    expect(await failure(predictor.predict('a', options as never))).toMatchObject({
      code: 'OPTIONS_INVALID',
      where: `option ${Object.keys(options)[0]}`,
    });
  });

  it('that are refused leave their tiers to others', async () => {
    const { fast, slow, engine, predictor } = makeWorld();
    expect(() =>
      createPredictor<string, string>({ model, tiers: [fast, slow], onDevice: engine, ttl: -1 }),
    ).toThrow();
    await predictor.dispose();
    // Closed with its only user.
    expect(() => createPredictor<string, string>({ model, tiers: [fast], onDevice: engine })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });
});
