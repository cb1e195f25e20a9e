import { createPredictor, fromFunction, memory } from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { engineOf } from '../support/doubles.js';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

const large = 'x'.repeat(20_000);

/** An engine whose loading is up to the test. */
function loadingEngine() {
  const loads: { version: string; finish: () => void; fail: (error: unknown) => void }[] = [];
  const engine = engineOf(
    async (batch, { model: { version } }) => ({
      outputs: batch.map((input) => `${input} v${version}`),
      backend: 'b',
    }),
    {
      load: ({ model: { version } }) =>
        new Promise((resolve, reject) => loads.push({ version, finish: resolve, fail: reject })),
    },
  );
  return { engine, loads };
}

describe('updateModel', () => {
  it('loads beside, switches in one step, and lets the old entries go', async () => {
    const { engine, loads } = loadingEngine();
    const { predictor, events, fast, slow } = makeWorld({ onDevice: engine });
    const { modelId } = predictor;
    await predictor.predict('a', { waitForTiers: true });
    const updating = predictor.updateModel({ version: '2' });
    await until(() => loads.length === 1);
    expect(await predictor.predict('a')).toMatchObject({ output: 'a v1', source: 'memory' });
    expect(predictor.model.version).toBe('1');
    loads[0]!.finish();
    await updating;
    expect(predictor.model).toEqual({ name: 'm', version: '2' });
    expect(predictor.modelId).not.toBe(modelId);
    expect(predictor.peek('a')).toBeUndefined();
    expect(await predictor.predict('a')).toMatchObject({
      output: 'a v2',
      model: { version: '2' },
      isStale: false,
    });
    expect(events).toContainEqual({
      type: 'model-updated',
      from: model,
      to: expect.objectContaining({ version: '2' }),
    });
    await until(() => fast.usage().entries === 1 && slow.entries.size === 1);
    expect(slow.outputs).toEqual(['a v2']);
  });

  it('mixes no two models in a request, whenever it was made', async () => {
    const engine = new GatedEngine({ concurrency: 9, maxBatchSize: 1 });
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const old = ['a', large].map((input) => predictor.predict(input));
    await engine.called(2);
    // Still being hashed when the model changes.
    const hashing = predictor.predict(`${large}2`);
    await predictor.updateModel({ version: '2' });
    const after = ['a', large].map((input) => predictor.predict(input));
    await engine.called(5);
    // The old model's entries have been let go by then: what comes later would stay for ever.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    for (const { options, answer } of engine.calls.toReversed()) answer([options.model.version]);
    for (const { output, model: named } of await Promise.all([...old, hashing])) {
      expect([output, named.version]).toEqual(['1', '1']);
    }
    for (const { output, model: named } of await Promise.all(after)) {
      expect([output, named.version]).toEqual(['2', '2']);
    }
    // Nothing of the old model was stored after it had gone.
    await until(() => fast.usage().entries === 2);
    expect(
      Object.values(fast.stats().models)
        .map(({ entries }) => entries)
        .toSorted(),
    ).toEqual([0, 2]);
    expect(predictor.peek('a')?.output).toBe('2');
  });

  it('leaves everything as it was when loading fails, is aborted, or makes no sense', async () => {
    const { engine, loads } = loadingEngine();
    const { predictor, events } = makeWorld({ onDevice: engine });
    await predictor.predict('a');
    const failing = failure(predictor.updateModel({ version: '2' }));
    await until(() => loads.length === 1);
    loads[0]!.fail(new Error('no such model'));
    expect(await failing).toMatchObject({ code: 'ENGINE_FAILED', what: 'no such model' });
    const controller = new AbortController();
    const aborting = failure(predictor.updateModel({ version: '3' }, { signal: controller.signal }));
    await until(() => loads.length === 2);
    controller.abort(new Error('stop'));
    expect(await aborting).toMatchObject({ message: 'stop' });
    // An engine that does not heed the signal: the caller has been told that nothing changed.
    loads[1]!.finish();
    expect(await failure(predictor.updateModel({ version: '' }))).toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(predictor.model.version).toBe('1');
    expect(await predictor.predict('a')).toMatchObject({ output: 'a v1', source: 'memory' });
    expect(events.some(({ type }) => type === 'model-updated')).toBe(false);
  });

  it('goes one after another', async () => {
    const { engine, loads } = loadingEngine();
    const { predictor } = makeWorld({ onDevice: engine });
    const first = predictor.updateModel({ version: '2' });
    const second = predictor.updateModel({ version: '3' });
    const third = failure(predictor.updateModel({ version: '4' }));
    await until(() => loads.length === 1);
    loads[0]!.finish();
    await first;
    expect(predictor.model.version).toBe('2');
    await until(() => loads.length === 2);
    loads[1]!.finish();
    await second;
    await until(() => loads.length === 3);
    expect(loads.map(({ version }) => version)).toEqual(['2', '3', '4']);
    await predictor.dispose();
    expect(await third).toMatchObject({ code: 'DISPOSED' });
    loads[2]!.finish();
    expect(predictor.model.version).toBe('3');
    expect(await failure(predictor.updateModel({ version: '5' }))).toMatchObject({ code: 'DISPOSED' });
  });

  it('keeps the entries of a model that was gone back to', async () => {
    const { predictor, fast } = makeWorld();
    await predictor.predict('a');
    await Promise.all([predictor.updateModel({ version: '2' }), predictor.updateModel({ version: '1' })]);
    // Idle work of both updates comes before this.
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect((await predictor.predict('a')).source).toBe('memory');
    expect(fast.usage().entries).toBe(1);
  });

  it('to the same model at another address keeps its entries', async () => {
    const { predictor } = makeWorld();
    await predictor.predict('a');
    await predictor.updateModel({ url: '/elsewhere.onnx' });
    expect(predictor.model.url).toBe('/elsewhere.onnx');
    expect((await predictor.predict('a')).source).toBe('memory');
  });

  it('waits for the writes of the old model when the predictor ends', async () => {
    const { predictor, slow } = makeWorld();
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'set' ? opened : Promise.resolve());
    await predictor.predict('a');
    await predictor.updateModel({ version: '2' });
    let isOver = false;
    const disposing = predictor.dispose().then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(isOver).toBe(false);
    open();
    await disposing;
  });
});

describe('allowPreviousModel', () => {
  const updated = async () => {
    const made = makeWorld({ allowPreviousModel: true });
    const { predictor } = made;
    await predictor.predict('a', { tags: ['t'], waitForTiers: true });
    await predictor.predict(large, { waitForTiers: true });
    await predictor.updateModel({ version: '2' });
    return made;
  };

  it('answers with the model before, marked stale, while the new one computes', async () => {
    const { predictor } = await updated();
    for (const input of ['a', large]) {
      expect(await predictor.predict(input)).toMatchObject({
        output: `${input} v1 s0`,
        isStale: true,
        model: { version: '1' },
        source: 'memory',
      });
      await until(() => predictor.stats().background.refresh === (input === 'a' ? 1 : 2));
      expect(await predictor.predict(input)).toMatchObject({
        output: `${input} v2 s0`,
        isStale: false,
        model: { version: '2' },
      });
    }
    expect(predictor.stats()).toMatchObject({ staleHits: 2, background: { refresh: 2 } });
  });

  it.each([
    { input: 'a' },
    { tags: ['t'] },
    { olderThan: 0 },
    { where: () => true },
    { everything: true },
  ] as const)('does not answer with what was invalidated since: %j', async (what) => {
    const { predictor } = await updated();
    await new Promise((resolve) => setTimeout(resolve, 2));
    await predictor.invalidate(what);
    expect(await predictor.predict('a')).toMatchObject({ output: 'a v2 s0', model: { version: '2' } });
  });

  it('does not answer with what was cleared, or is just being', async () => {
    const { predictor, fast, slow } = await updated();
    fast.delete({ all: true });
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'delete' ? opened : Promise.resolve());
    const clearing = predictor.clear();
    expect((await predictor.predict('a')).model.version).toBe('2');
    open();
    await clearing;
    // What was computed since is there, and nothing else.
    expect(slow.outputs).toEqual(['a v2 s0']);
  });

  it('refreshes nothing over what was put while the model before was looked up', async () => {
    const { predictor, fast, slow, world } = await updated();
    fast.delete({ all: true });
    const { opened, open } = gate();
    let looked = 0;
    slow.turn = async (operation) => {
      // The first look-up is for the model in use, the second one for the one before.
      if (operation === 'get' && ++looked === 3) await opened;
    };
    const asked = predictor.predict('a');
    await until(() => looked === 3);
    await predictor.put('a', 'right');
    open();
    await asked;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(predictor.peek('a')?.output).toBe('right');
    expect(world.runs).toBeGreaterThan(0);
  });

  it('answers for no other way of asking', async () => {
    const { predictor } = await updated();
    for (const cache of ['no-store', 'force-cache', 'no-cache'] as const)
      expect((await predictor.predict('a', { cache })).output).toBe('a v2 s0');
  });

  it('lets the model before the one before go', async () => {
    const { predictor, slow } = await updated();
    await predictor.predict('b', { waitForTiers: true });
    await predictor.updateModel({ version: '3' });
    await until(() => slow.entries.size === 1);
    expect(await predictor.predict('b')).toMatchObject({ output: 'b v2 s0', isStale: true });
  });

  it('takes the model before from the options, on a page that starts with the new one', async () => {
    const { predictor, make } = makeWorld();
    await predictor.predict('a', { waitForTiers: true });
    const next = make({ model: { name: 'm', version: '2' }, allowPreviousModel: model }).predictor;
    expect(await next.predict('a')).toMatchObject({
      output: 'a v1 s0',
      isStale: true,
      model: { version: '1' },
    });
    const strict = make({ model: { name: 'm', version: '3' } }).predictor;
    expect(await strict.predict('a')).toMatchObject({ output: 'a v3 s0', isStale: false });
    const same = make({ allowPreviousModel: model }).predictor;
    expect(await same.predict('a')).toMatchObject({ output: 'a v1 s0', isStale: false });
  });

  it('is asked for no engine that is missing', async () => {
    const engine = fromFunction((input: string) => input);
    const predictor = createPredictor<string, string>({
      model,
      inCloud: engine,
      inferenceMode: 'only_on_device',
    });
    expect(await failure(predictor.updateModel({ version: '2' }))).toMatchObject({ code: 'ENGINE_MISSING' });
  });
});
