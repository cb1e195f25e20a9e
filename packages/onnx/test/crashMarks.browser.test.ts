import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CrashMarks, crashMemory } from '../src/page/crashMarks.js';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { scaleModel } from './support/testModels.js';
import { watchedEngine, workers } from './support/workers.js';

const url = 'https://example.test/heavy.onnx';
const model = { name: 'heavy', version: '1', url };
const rows = () => Object.keys(localStorage).filter((row) => row.startsWith('predcache-loading'));
const locks = async () => {
  const { held = [] } = await navigator.locks.query();
  return held.filter(({ name }) => name?.startsWith('predcache-loading')).length;
};
const begun = async (marks: CrashMarks, reference = model) => {
  const before = rows().length;
  const mark = marks.begin(reference);
  await vi.waitFor(() => expect(rows()).toHaveLength(before + 1), { interval: 1 });
  return mark;
};

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('marks of loads', () => {
  it('are there while it loads, and leave nothing when it ends, not even when that is at once', async () => {
    const marks = new CrashMarks();
    const mark = await begun(marks);
    expect(await locks()).toBe(1);
    mark.end();
    marks.begin(model).end();
    await vi.waitFor(async () => expect(await locks()).toBe(0));
    expect(rows()).toEqual([]);
    expect(await marks.isCrashing(model)).toBe(false);
  });

  it('say so after two crashes, for that model alone', async () => {
    const marks = new CrashMarks();
    for (const crashes of [1, 2]) {
      expect(await marks.isCrashing(model)).toBe(false);
      (await begun(marks)).crashed();
      expect(rows()).toHaveLength(crashes);
    }
    await vi.waitFor(async () => expect(await marks.isCrashing(model)).toBe(true));
    const others = [{ version: '2' }, { name: 'other' }, { integrity: 'sha256-AA' }, { url: `${url}.gz` }];
    for (const other of others) expect(await marks.isCrashing({ ...model, ...other })).toBe(false);
    // Signed URLs differ from page to page.
    expect(await marks.isCrashing({ ...model, url: `${url}?signature=secret` })).toBe(true);
    expect(await new CrashMarks().isCrashing(model)).toBe(true);
  });

  it('of loads that other pages are at, however many, are no crashes', async () => {
    const pages = [1, 2, 3].map(() => new CrashMarks());
    const loads = [];
    for (const page of pages) loads.push(await begun(page));
    expect(await new CrashMarks().isCrashing(model)).toBe(false);
    for (const load of loads) load.end();
  });

  it('are forgotten when the model has been loaded, those of loads under way excepted', async () => {
    const marks = new CrashMarks();
    for (const _ of [1, 2]) (await begun(marks)).crashed();
    const load = await begun(marks);
    marks.forget(model);
    expect(rows()).toHaveLength(1);
    load.end();
    expect(await marks.isCrashing(model)).toBe(false);
  });

  it('are forgotten after a day', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const crashedAt = Date.now();
    const marks = new CrashMarks();
    for (const _ of [1, 2]) marks.begin(model).crashed();
    await vi.waitFor(async () => expect(await locks()).toBe(0));
    vi.setSystemTime(crashedAt + crashMemory - 1);
    expect(await marks.isCrashing(model)).toBe(true);
    vi.setSystemTime(crashedAt + crashMemory);
    expect(await marks.isCrashing(model)).toBe(false);
    expect(rows()).toEqual([]);
  });

  it('are taken away while the page is left or hidden, and come back with it', async () => {
    const marks = new CrashMarks();
    const mark = await begun(marks);
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(rows()).toEqual([]);
    await vi.waitFor(async () => expect(await locks()).toBe(0));
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await vi.waitFor(() => expect(rows()).toHaveLength(1));
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(rows()).toEqual([]);
    state.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() => expect(rows()).toHaveLength(1));
    mark.end();
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await vi.waitFor(async () => expect(await locks()).toBe(0));
    expect(rows()).toEqual([]);
  });

  it('are done without where storage is refused or full, and where there are no locks', async () => {
    const marks = new CrashMarks();
    const refuse = () => {
      throw new DOMException('refused', 'SecurityError');
    };
    const storage = vi.spyOn(globalThis, 'localStorage', 'get').mockImplementation(refuse);
    marks.begin(model).crashed();
    marks.forget(model);
    expect(await marks.isCrashing(model)).toBe(false);
    storage.mockRestore();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse);
    marks.begin(model).crashed();
    expect(await marks.isCrashing(model)).toBe(false);
    vi.restoreAllMocks();
    vi.spyOn(navigator.locks, 'request').mockImplementation(async () => refuse());
    vi.spyOn(navigator.locks, 'query').mockImplementation(async () => refuse());
    for (const _ of [1, 2]) marks.begin(model).crashed();
    expect(await marks.isCrashing(model)).toBe(true);
  });
});

describe('a model whose loading kills workers', () => {
  it('is left alone: load and run reject at once, also in another engine; another version is tried', async () => {
    const { engine, made } = watchedEngine(workers.closing);
    const heavy = modelAt(blobUrl(scaleModel(2)), 'heavy');
    expect(await failure(engine.run([vector(1)], { model: heavy }))).toMatchObject({ code: 'WORKER_DIED' });
    expect(made).toHaveLength(2);
    const { engine: next, made: madeNext } = watchedEngine();
    expect(await failure(next.load({ model: heavy }))).toMatchObject({ code: 'MODEL_CRASHED' });
    expect(await failure(next.run([vector(1)], { model: heavy }))).toMatchObject({ code: 'MODEL_CRASHED' });
    const { state, reason } = await next.availability({ model: heavy });
    expect(state).toBe('unavailable');
    expect(reason).toMatch(/twice/);
    expect(madeNext).toHaveLength(0);
    await next.load({ model: { ...heavy, version: '2' } });
    expect(madeNext).toHaveLength(1);
  });

  it('is not known to do so when runs of another one kill them while it is downloaded', async () => {
    const { engine, made } = watchedEngine(workers.neverDownloading);
    const heavy = { ...model, url: new URL('/never.onnx', location.href).href };
    const killer = modelAt(blobUrl(scaleModel(2)), 'killer');
    await engine.load({ model: killer });
    const run = failure(engine.run([vector(1)], { model: killer }));
    const onRejected = vi.fn();
    engine.load({ model: heavy }).catch(onRejected);
    made[0]!.terminate();
    await vi.waitFor(() => expect(made).toHaveLength(2), { timeout: 20_000 });
    const posted = vi.spyOn(made[1]!, 'postMessage');
    const postsRun = ([message]: unknown[]) => JSON.stringify(message)?.includes('"run"') === true;
    posted.mockImplementation((...given: unknown[]) => {
      Worker.prototype.postMessage.apply(made[1]!, given as never);
      if (postsRun(given)) made[1]!.terminate();
    });
    expect(await run).toMatchObject({ code: 'WORKER_DIED' });
    await vi.waitFor(() => expect(made).toHaveLength(3), { timeout: 20_000 });
    expect(onRejected).not.toHaveBeenCalled();
    expect(await new CrashMarks().isCrashing(heavy)).toBe(false);
    await engine.dispose();
    await vi.waitFor(() => expect(onRejected).toHaveBeenCalledOnce());
  });

  it('is not known to do so when loads end by an error, an abort or a disposal', async () => {
    for (const _ of [1, 2, 3]) {
      const { engine } = watchedEngine();
      const heavy = { ...model, url: blobUrl(scaleModel(2).slice(0, -20)) };
      expect(await failure(engine.load({ model: heavy }))).toMatchObject({ code: 'MODEL_INVALID' });
      const controller = new AbortController();
      const aborted = failure(
        engine.load({ model, signal: controller.signal, onProgress: () => controller.abort('left') }),
      );
      expect(await aborted).toBe('left');
      const disposed = failure(engine.load({ model: { ...heavy, version: '2' } }));
      await engine.dispose();
      expect(await disposed).toMatchObject({ code: 'DISPOSED' });
    }
    await vi.waitFor(async () => expect(await locks()).toBe(0));
    expect(rows()).toEqual([]);
  });
});
