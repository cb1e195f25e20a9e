import { createPredictor, fromFunction, keyOf, memory, type Tensors } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { engineOf } from '../support/doubles.js';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

describe('cacheable', () => {
  it('keeps out what it says no to, and says so', async () => {
    const { predictor, events, slow } = makeWorld({
      cacheable: (input: string, outputs: never) => input === 'b' && String(outputs).startsWith('b'),
    });
    await predictor.predictMany(['a', 'b'], { waitForTiers: true });
    expect(slow.outputs).toEqual(['b v1 s0']);
    expect(predictor.peek('a')).toBeUndefined();
    expect(events.filter(({ type }) => type === 'not-stored')).toMatchObject([{ reason: 'not-cacheable' }]);
  });

  it.each([
    ['fails', () => JSON.parse('no')],
    ['gives no truth value', () => 1],
  ])('that %s counts as no, and the prediction is answered', async (_, cacheable) => {
    const { predictor } = makeWorld({ cacheable: cacheable as never });
    expect((await predictor.predict('a')).output).toBe('a v1 s0');
    expect(predictor.peek('a')).toBeUndefined();
  });
});

describe('outputs with NaN', () => {
  const nan = { x: { type: 'float32', dims: [2], data: Float32Array.of(1, Number.NaN) } } satisfies Tensors;
  const half = { x: { type: 'float16', dims: [1], data: Uint16Array.of(0x7e00) } } satisfies Tensors;
  const json = { scores: [1, { deep: Number.NaN }] };

  it.each([nan, half, json])('are answered, and stored only when allowed', async (outputs) => {
    for (const storeNaN of [false, true]) {
      const predictor = createPredictor<string, unknown>({
        model,
        storeNaN,
        onDevice: fromFunction(() => outputs as never),
      });
      const reasons: unknown[] = [];
      predictor.subscribe((event) => event.type === 'not-stored' && reasons.push(event.reason));
      expect((await predictor.predict('a')).output).toEqual(outputs);
      expect(predictor.peek('a') !== undefined).toBe(storeNaN);
      expect(reasons).toEqual(storeNaN ? [] : ['nan']);
    }
  });

  it('are told from infinities', async () => {
    const outputs = {
      x: { type: 'float16', dims: [2], data: Uint16Array.of(0x7c00, 0xfc00) },
    } satisfies Tensors;
    const predictor = createPredictor<string, unknown>({ model, onDevice: fromFunction(() => outputs) });
    await predictor.predict('a');
    expect(predictor.peek('a')).toBeDefined();
  });
});

describe('vary', () => {
  it('makes state part of the key', async () => {
    let segment: string | undefined;
    const { make, world } = makeWorld();
    const { predictor } = make({ vary: () => (segment === undefined ? undefined : { segment }) });
    const keys = new Set<string>();
    for (segment of [undefined, 'x', 'y']) {
      const { key, source } = await predictor.predict('a');
      expect(source).toBe('on_device');
      expect(predictor.peek('a')?.key).toBe(key);
      keys.add(key);
    }
    expect(keys.size).toBe(3);
    expect(keys.has(await keyOf(model, 'a'))).toBe(true);
    segment = 'x';
    expect((await predictor.predict('a')).source).toBe('memory');
    await predictor.invalidate({ input: 'a' });
    segment = 'y';
    expect((await predictor.predict('a')).source).toBe('memory');
    expect(world.runs).toBe(3);
  });

  it('goes with keyFrom', async () => {
    let state = 1;
    const predictor = createPredictor<string, string>({
      model,
      keyFrom: (text) => new TextEncoder().encode(text),
      encodeVersion: '1',
      vary: () => state,
      onDevice: fromFunction((input: string) => input),
    });
    await predictor.predict('a');
    state = 2;
    expect((await predictor.predict('a')).source).toBe('on_device');
    state = 1;
    expect((await predictor.predict('a')).source).toBe('memory');
  });

  it.each([
    ['fails', () => JSON.parse('no'), 'INPUT_ENCODE_FAILED'],
    ['gives no JSON', () => new Date(0), 'INPUT_NOT_JSON'],
    ['gives NaN', () => Number.NaN, 'INPUT_NOT_JSON'],
  ])('that %s is a typed failure, and no peek', async (_, vary, code) => {
    const { predictor } = makeWorld({ vary: vary as never });
    expect(await failure(predictor.predict('a'))).toMatchObject({ code });
    expect(predictor.peek('a')).toBeUndefined();
  });
});

describe('an engine that reports that it is not deterministic', () => {
  it('turns caching off, with one event', async () => {
    let isDeterministic = true;
    let runs = 0;
    const engine = engineOf(async (batch) => {
      runs++;
      return { outputs: batch, backend: 'b', isDeterministic };
    });
    const { predictor, events, slow } = makeWorld({ onDevice: engine });
    await predictor.predict('a', { waitForTiers: true });
    isDeterministic = false;
    await predictor.predict('b');
    await predictor.predict('b');
    // What was stored in good faith is not trusted either.
    await predictor.predict('a');
    expect(runs).toBe(4);
    expect(predictor.peek('a')).toBeUndefined();
    expect(await predictor.cache.get('a')).toBeUndefined();
    expect(slow.entries.size).toBe(1);
    expect(events.filter(({ type }) => type === 'caching-off')).toEqual([
      { type: 'caching-off', source: 'on_device' },
    ]);
    expect(events.filter(({ type }) => type === 'not-stored').length).toBe(3);
    expect(await predictor.prewarm(['c', 'd'], { priority: 'now' })).toMatchObject({
      computed: 0,
      stoppedBy: 'notDeterministic',
    });
  });

  it('is said by fromFunction', async () => {
    const predictor = createPredictor<string, number>({
      model,
      onDevice: fromFunction(() => Math.random(), { isDeterministic: false }),
    });
    await predictor.predict('a');
    expect((await predictor.predict('a')).source).toBe('on_device');
  });
});

describe('no-store', () => {
  it('does not read or write, and shares a computation only with its like', async () => {
    const engine = new GatedEngine();
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const asked = [0, 1].map(() => predictor.predict('a', { cache: 'no-store' }));
    (await engine.called(1)).answer(['A']);
    await Promise.all(asked);
    await until(() => engine.calls.length === 1);
    expect(fast.stats()).toMatchObject({ hits: 0, misses: 0 });
    expect(fast.usage().entries).toBe(0);
  });
});

describe('options of a request', () => {
  it.each([
    { cache: 'sometimes' },
    { write: 'sideways' },
    { tags: 'x' },
    { tags: [1] },
    { inferenceMode: 'anywhere' },
  ])('are refused where they make no sense: %j', async (options) => {
    const { predictor, world } = makeWorld();
    expect(await failure(predictor.predict('a', options as never))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
    expect(world.runs).toBe(0);
  });

  it.each([
    { origin: {} },
    { origin: null },
    { shareAcrossTabs: true },
    { shareAcrossTabs: { minCost: -1 } },
    { tierSkipping: 'sometimes' },
    { allowPreviousModel: 'm' },
    { allowPreviousModel: null },
    { allowPreviousModel: { name: 'm' } },
    { write: 'sideways' },
    { vary: 5 },
    { cacheable: true },
    { audit: null },
    { audit: 5 },
    { audit: { rate: 2 } },
    { audit: { rate: 0.5, tolerance: -1 } },
    { audit: { rate: '1' } },
  ])('of a predictor are refused where they make no sense: %j', (options) => {
    expect(() => makeWorld(options as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  });

  it('wait for the tiers where that is wished for', async () => {
    const { predictor, slow } = makeWorld();
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'set' ? opened : Promise.resolve());
    await predictor.predict('a');
    expect(slow.entries.size).toBe(0);
    const both = predictor.predict('b', { waitForTiers: true });
    open();
    await both;
    expect(slow.entries.size).toBe(2);
    slow.turn = () => new Promise(() => {});
    const controller = new AbortController();
    const waiting = failure(
      predictor.predict('c', { waitForTiers: true, cache: 'reload', signal: controller.signal }),
    );
    controller.abort(new Error('left'));
    expect(await waiting).toMatchObject({ message: 'left' });
  });
});
