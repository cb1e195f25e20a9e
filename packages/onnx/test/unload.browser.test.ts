import type { Tensors } from '@predcache/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CrashMarks } from '../src/page/crashMarks.js';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { scaleModel } from './support/testModels.js';
import { watchedEngine, workers } from './support/workers.js';

const doubled = () => modelAt(blobUrl(scaleModel(2)), 'doubled');

afterEach(() => localStorage.clear());

describe('a call amid unloading', () => {
  it('of a model that two let go of is settled by a disposal', async () => {
    const { engine } = watchedEngine();
    const model = doubled();
    await engine.run([vector(1)], { model });
    const [first, second] = [engine.unload!({ model }), engine.unload!({ model })];
    await second;
    const run = failure(engine.run([vector(2)], { model }));
    await first;
    await engine.dispose();
    expect(await run).toMatchObject({ code: 'DISPOSED' });
  });

  it('that was just looking for crashes of the model is settled by a disposal', async () => {
    const { engine, made } = watchedEngine();
    const model = doubled();
    // Two other pages are loading it.
    const loads = [1, 2].map(() => new CrashMarks().begin({ ...model, url: model.url! }));
    await vi.waitFor(() => expect(localStorage).toHaveLength(2), { interval: 1 });
    const run = failure(engine.run([vector(1)], { model }));
    const unloaded = engine.unload!({ model });
    await vi.waitFor(() => expect(made).toHaveLength(1), { interval: 1 });
    await unloaded;
    await engine.dispose();
    expect(await run).toMatchObject({ code: 'DISPOSED' });
    for (const load of loads) load.end();
  });
});

describe('unload', () => {
  it('also ends a load that nobody waits for any more, come to its end or not', async () => {
    const { engine, made } = watchedEngine(workers.spied);
    const model = doubled();
    const fetched: unknown[] = [];
    const controller = new AbortController();
    const onProgress = () => {
      made[0]!.addEventListener('message', ({ data }) => {
        if (data.fetched === model.url) fetched.push(data.fetched);
      });
      controller.abort('left');
    };
    expect(await failure(engine.load({ model, signal: controller.signal, onProgress }))).toBe('left');
    await vi.waitFor(() => expect(fetched).toHaveLength(1), { interval: 1 });
    await engine.unload!({ model });
    const { outputs } = await engine.run([vector(1)], { model });
    expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(2));
    expect(fetched).toHaveLength(2);
  });
});
