import { afterEach, describe, expect, it, vi } from 'vitest';
import { CrashMarks } from '../src/page/crashMarks.js';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { scaleModel } from './support/testModels.js';
import { watchedEngine } from './support/workers.js';

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
