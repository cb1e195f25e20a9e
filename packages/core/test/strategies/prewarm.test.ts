import { createPredictor, memory, type PrewarmProgress } from '@predcache/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

afterEach(() => void vi.unstubAllGlobals());

const now = { priority: 'now' } as const;

/** An app's source of inputs that notes whether it was closed. */
function source(inputs: readonly string[], { hangs = false, fails = false } = {}) {
  const state = { isClosed: false, taken: 0 };
  async function* each() {
    try {
      for (const input of inputs) {
        state.taken++;
        yield input;
      }
      if (hangs) await new Promise(() => {});
      if (fails) throw new Error('no more');
    } finally {
      state.isClosed = true;
    }
  }
  return { state, each };
}

describe.each(['now', 'idle'] as const)('prewarm, priority %s', (priority) => {
  it('computes what is unknown and skips what is known, in whatever tier', async () => {
    const { predictor, fast, world } = makeWorld();
    await predictor.predictMany(['a', 'b'], { waitForTiers: true });
    fast.delete({ all: true });
    const seen: PrewarmProgress[] = [];
    const result = await predictor.prewarm(['a', 'b', 'c', 'd'], {
      priority,
      tags: ['t'],
      onProgress: (progress) => seen.push(progress),
    });
    expect(result).toMatchObject({ computed: 2, known: 2, failed: 0, total: 4, timeLeft: 0 });
    expect(result.stoppedBy).toBeUndefined();
    expect(seen).toHaveLength(4);
    expect(seen.map(({ computed, known }) => computed + known)).toEqual([1, 2, 3, 4]);
    expect(seen[0]!.timeLeft).toBeGreaterThanOrEqual(0);
    expect(world.runs).toBe(4);
    expect((await predictor.predict('c')).source).toBe('memory');
    expect(predictor.stats()).toMatchObject({ requests: 3, background: { prewarm: 2 } });
    await predictor.invalidate({ tags: ['t'] });
    expect(await predictor.cache.has('c')).toBe(false);
  });
});

describe('prewarm', () => {
  it.each([
    ['a set', new Set(['a', 'b']), 2],
    [
      'a generator',
      (function* () {
        yield* ['a', 'b'];
      })(),
      undefined,
    ],
    ['an asynchronous generator', source(['a', 'b']).each(), undefined],
    ['nothing', [], 0],
  ])('takes %s', async (_, inputs, total) => {
    const { predictor } = makeWorld();
    const result = await predictor.prewarm(inputs, now);
    expect(result).toMatchObject({ computed: total ?? 2, total });
    if (total === undefined) expect(result.timeLeft).toBeUndefined();
  });

  it('goes past inputs that fail', async () => {
    const { predictor, world, events } = makeWorld();
    expect(await predictor.prewarm(['a', undefined as never, 'b'], now)).toMatchObject({
      computed: 2,
      failed: 1,
    });
    world.isBroken = true;
    expect(await predictor.prewarm(['c'], now)).toMatchObject({ computed: 0, failed: 1 });
    expect(events).toContainEqual(expect.objectContaining({ type: 'background-failed', purpose: 'prewarm' }));
    expect(predictor.stats().failures).toBe(0);
  });

  it('has as many under way as it was told', async () => {
    const engine = new GatedEngine({ concurrency: 99, maxBatchSize: 1 });
    const predictor = createPredictor<number, number>({ model, onDevice: engine });
    const warming = predictor.prewarm([1, 2, 3, 4, 5, 6], { ...now, concurrency: 3 });
    await engine.called(3);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(engine.calls.length).toBe(3);
    for (let at = 1; at <= 6; at++) (await engine.called(at)).answer([at]);
    expect(await warming).toMatchObject({ computed: 6 });
  });

  it('goes in batches where the engine takes them', async () => {
    const engine = new GatedEngine({ maxBatchSize: 4 });
    const predictor = createPredictor<number, number>({ model, onDevice: engine });
    const warming = predictor.prewarm([1, 2, 3, 4, 5, 6, 7, 8], now);
    for (let answered = 0; answered < 8; ) {
      const { batch, answer } = await engine.called(
        engine.calls.length + (engine.calls.length === 0 ? 1 : 0),
      );
      answered += batch.length;
      answer(batch);
      if (answered < 8) await engine.called(engine.calls.length + 1);
    }
    await warming;
    expect(engine.calls.length).toBeLessThan(8);
  });

  it('waits for real requests, by default', async () => {
    const engine = new GatedEngine({ concurrency: 9, maxBatchSize: 1 });
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const real = predictor.predict('real');
    const { answer } = await engine.called(1);
    const warming = predictor.prewarm(['a']);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    expect(engine.calls.length).toBe(1);
    answer(['R']);
    await real;
    (await engine.called(2)).answer(['A']);
    expect(await warming).toMatchObject({ computed: 1 });
  });

  it('is joined by a real request for what it is computing', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const warming = predictor.prewarm(['a'], now);
    const { answer } = await engine.called(1);
    const real = predictor.predict('a', { tags: ['t'] });
    answer(['A']);
    expect((await real).output).toBe('A');
    expect(await warming).toMatchObject({ computed: 1 });
    expect(engine.calls.length).toBe(1);
    const { computedBy, collapsed, background, requests } = predictor.stats();
    expect({
      requests,
      answered: computedBy.on_device + collapsed,
      all: computedBy.on_device + background.prewarm,
    }).toEqual({
      requests: 1,
      answered: 1,
      all: 1,
    });
  });

  it.each([false, true])(
    'ends with its signal, after what is under way (a source that hangs: %s)',
    async (hangs) => {
      const { predictor } = makeWorld();
      const { state, each } = source(hangs ? ['a'] : ['a', 'b', 'c', 'd', 'e', 'f'], { hangs });
      const controller = new AbortController();
      const warming = predictor.prewarm(each(), {
        ...now,
        concurrency: 1,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      expect(await warming).toMatchObject({ computed: 1, stoppedBy: 'signal' });
      if (!hangs) await until(() => state.isClosed);
      expect(state.taken).toBeLessThan(4);
    },
  );

  it('does not begin for one that was aborted before', async () => {
    const { predictor, world } = makeWorld();
    expect(await predictor.prewarm(['a'], { ...now, signal: AbortSignal.abort() })).toMatchObject({
      computed: 0,
      stoppedBy: 'signal',
    });
    expect(world.runs).toBe(0);
  });

  it('ends with the predictor', async () => {
    const engine = new GatedEngine();
    const predictor = createPredictor<string, string>({ model, onDevice: engine });
    const { each } = source(['a'], { hangs: true });
    const warming = predictor.prewarm(each(), now);
    await engine.called(1);
    await predictor.dispose();
    expect(await warming).toMatchObject({ computed: 0, stoppedBy: 'disposed' });
  });

  it('does nothing for users who save data', async () => {
    vi.stubGlobal('navigator', { connection: { saveData: true } });
    const { predictor, world } = makeWorld();
    expect(await predictor.prewarm(['a'], now)).toMatchObject({ computed: 0, stoppedBy: 'saveData' });
    expect(world.runs).toBe(0);
  });

  it('fails with the source of its inputs, and with its listener, and goes no further', async () => {
    const { predictor, world } = makeWorld();
    const { each, state } = source(['a'], { fails: true });
    expect(await failure(predictor.prewarm(each(), now))).toMatchObject({ message: 'no more' });
    expect(state.isClosed).toBe(true);
    const other = source(Array.from({ length: 50 }, (_, at) => `input ${at}`));
    const onProgress = () => {
      throw new Error('full');
    };
    expect(await failure(predictor.prewarm(other.each(), { ...now, onProgress }))).toMatchObject({
      message: 'full',
    });
    await until(() => other.state.isClosed);
    expect(world.runs).toBeLessThan(20);
  });

  it('goes over to another model with the predictor', async () => {
    const engine = new GatedEngine({ concurrency: 9, maxBatchSize: 1 });
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const warming = predictor.prewarm(['a', 'b'], { ...now, concurrency: 1 });
    const { answer } = await engine.called(1);
    await predictor.updateModel({ version: '2' });
    answer(['old']);
    const second = await engine.called(2);
    expect(second.options.model.version).toBe('2');
    second.answer(['new']);
    await warming;
    expect(predictor.peek('b')?.output).toBe('new');
    expect(fast.usage().entries).toBe(1);
  });

  it.each([
    [['a'], { priority: 'soon' }],
    [['a'], { concurrency: 0 }],
    [['a'], { concurrency: 1.5 }],
    [5, {}],
    [undefined, {}],
    [{ length: 1 }, {}],
  ])('refuses what makes no sense: %j, %j', async (inputs, options) => {
    const { predictor } = makeWorld();
    const error = await failure(predictor.prewarm(inputs as never, options as never));
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});
