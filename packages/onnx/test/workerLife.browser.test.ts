import type { LoadProgress, Tensors } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { busyModel, scaleModel } from './support/testModels.js';
import { watchedEngine, workers } from './support/workers.js';

const size = 256;
const busyInput: Tensors = {
  x: { type: 'float32', dims: [64, size], data: new Float32Array(64 * size).fill(1) },
};
/** Takes some hundred ms a run: long enough to be ended in the middle. */
const busy = () => modelAt(blobUrl(busyModel({ size, times: 100 })), 'busy');
const doubled = () => modelAt(blobUrl(scaleModel(2)));

async function expectAnswer(engine: ReturnType<typeof watchedEngine>['engine']): Promise<void> {
  const { outputs } = await engine.run([vector(21)], { model: doubled() });
  expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(42));
}

describe('a worker that dies', () => {
  it('ended by somebody else in the middle of runs: another one answers all of them', async () => {
    const { engine, made } = watchedEngine();
    const model = busy();
    await engine.load({ model });
    const runs = Array.from({ length: 5 }, () => engine.run([busyInput], { model }));
    made[0]!.terminate();
    for (const { outputs } of await Promise.all(runs)) expect(outputs).toHaveLength(1);
    expect(made).toHaveLength(2);
  });

  it('twice in the middle of the same run: that one rejects, the others do not', async () => {
    const { engine, made } = watchedEngine();
    const model = busy();
    await engine.load({ model });
    const begun: number[] = [];
    const runs = [0, 1, 2].map((run) =>
      engine.run([busyInput], { model, onBegun: () => begun.push(run) }).then(
        () => 'answered',
        (error) => error.code,
      ),
    );
    made[0]!.terminate();
    await vi.waitFor(() => expect(made).toHaveLength(2), { timeout: 20_000 });
    // The next worker is given the runs again when it has loaded the model.
    const posted = vi.spyOn(made[1]!, 'postMessage');
    const postsRun = ([message]: unknown[]) => JSON.stringify(message)?.includes('"run"') === true;
    await vi.waitFor(() => expect(posted.mock.calls.some(postsRun)).toBe(true), {
      interval: 1,
      timeout: 20_000,
    });
    made[1]!.terminate();
    expect(await Promise.all(runs)).toEqual(['WORKER_DIED', 'answered', 'answered']);
    expect(begun).toEqual([0, 1, 2]);
    expect(made).toHaveLength(3);
  });

  it('ended while idle: noticed without a call, and the next one works', async () => {
    const { engine, made } = watchedEngine();
    const model = doubled();
    await engine.load({ model });
    made[0]!.terminate();
    await vi.waitFor(async () =>
      expect(await engine.availability({ model })).toEqual({ state: 'downloadable' }),
    );
    await expectAnswer(engine);
    expect(made).toHaveLength(2);
  });

  it('that closes itself on a call: the call rejects', async () => {
    const { engine } = watchedEngine(workers.closing);
    expect(await failure(engine.run([vector(1)], { model: doubled() }))).toMatchObject({
      code: 'WORKER_DIED',
    });
  });

  it('after an uncaught error: the call rejects with its message', async () => {
    const { engine } = watchedEngine(workers.failing);
    const stopReport = (event: Event) => event.preventDefault();
    addEventListener('error', stopReport);
    const error = await failure(engine.run([vector(1)], { model: doubled() }));
    removeEventListener('error', stopReport);
    expect(error).toMatchObject({ code: 'WORKER_DIED' });
    expect(error.message).toContain('uncaught on purpose');
  });

  it.each<[string, (worker: Worker) => void]>([
    ['says what the page cannot read', (worker) => worker.dispatchEvent(new MessageEvent('messageerror'))],
    [
      'cannot read what the page says',
      (worker) => worker.dispatchEvent(new MessageEvent('message', { data: { predcache: 'unreadable' } })),
    ],
  ])(
    'that %s: no call is left waiting for its lost reply, another worker gives it',
    async (_case, happen) => {
      const { engine, made } = watchedEngine();
      const model = busy();
      await engine.load({ model });
      const runs = [1, 2].map(() => engine.run([busyInput], { model }));
      happen(made[0]!);
      for (const { outputs } of await Promise.all(runs)) expect(outputs).toHaveLength(1);
      await expectAnswer(engine);
      expect(made).toHaveLength(2);
    },
  );

  it('that never comes back and holds no lock: the run timeout ends it', async () => {
    const { engine, made } = watchedEngine(workers.hanging, { runTimeout: 200 });
    const terminate = vi.fn();
    const running = failure(engine.run([vector(1)], { model: doubled() }));
    vi.spyOn(made[0]!, 'terminate').mockImplementation(terminate);
    expect(await running).toMatchObject({ code: 'WORKER_TIMEOUT', details: { timeout: 200 } });
    expect(terminate).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
    made[0]!.terminate();
  });

  it('is told from one that is only slow to load: asked, it answers, and the run goes on', async () => {
    const { engine, made } = watchedEngine(workers.withoutLocks, { runTimeout: 20 });
    await expectAnswer(engine);
    expect(made).toHaveLength(1);
  });

  it('is told from one that has a batch to compute that takes longer than the timeout', async () => {
    const { engine, made } = watchedEngine(workers.withoutLocks, { runTimeout: 20 });
    const model = busy();
    await engine.load({ model });
    let runs = 64;
    const began = performance.now();
    await engine.run([busyInput], { model });
    // Longer than the timeout and the time to answer together.
    runs = Math.min(runs, Math.ceil(3_000 / (performance.now() - began)));
    const { outputs } = await engine.run(Array<Tensors>(runs).fill(busyInput), { model });
    expect(outputs).toHaveLength(runs);
    expect(made).toHaveLength(1);
  });

  it('again and again: calls reject at once for a while, and load tries anyway', async () => {
    let create: () => Worker = workers.closing;
    const { engine, made } = watchedEngine(() => create());
    const first = failure(engine.run([vector(1)], { model: doubled() }));
    const second = failure(engine.run([vector(1)], { model: doubled() }));
    // Two workers die of loading.
    for (const error of [await first, await second]) expect(error).toMatchObject({ code: 'WORKER_DIED' });
    expect(made).toHaveLength(2);
    expect(await failure(engine.run([vector(1)], { model: doubled() }))).toMatchObject({
      code: 'WORKER_DIED',
    });
    expect(made).toHaveLength(2);
    create = workers.predict;
    const model = doubled();
    await engine.load({ model });
    expect(made).toHaveLength(3);
    await expectAnswer(engine);
  });
});

describe('a worker that does not start', () => {
  it.each<[string, () => Worker, { startTimeout?: number }, RegExp]>([
    ['whose script is missing', workers.missing, {}, /could not be loaded/],
    ['whose top level throws', workers.throwing, {}, /broken on purpose/],
    ['that lacks the entry', workers.silent, { startTimeout: 1_500 }, /not ready after 1500 ms.*import/s],
    ['of another version', workers.otherVersion, {}, /another version/],
  ])('%s rejects every call, and calls after it at once', async (_case, create, options, message) => {
    const stopReport = (event: Event) => event.preventDefault();
    addEventListener('error', stopReport);
    const { engine, made } = watchedEngine(create, options);
    const model = doubled();
    const calls = [engine.load({ model }), engine.run([vector(1)], { model })].map(failure);
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: 'WORKER_START_FAILED' });
      expect(error.message).toMatch(message);
    }
    expect(await failure(engine.run([vector(1)], { model }))).toMatchObject({ code: 'WORKER_START_FAILED' });
    expect(made).toHaveLength(1);
    const { state, reason } = await engine.availability({ model });
    expect(state).toBe('unavailable');
    expect(reason).toMatch(message);
    removeEventListener('error', stopReport);
  });

  it('is tried again by an explicit load', async () => {
    let create: () => Worker = workers.missing;
    const { engine } = watchedEngine(() => create());
    expect(await failure(engine.run([vector(1)], { model: doubled() }))).toMatchObject({
      code: 'WORKER_START_FAILED',
    });
    create = workers.predict;
    await engine.load({ model: doubled() });
    await expectAnswer(engine);
  });

  it.each<[string, () => Worker, RegExp]>([
    [
      'because the option throws',
      () => {
        throw new Error('no workers today');
      },
      /no workers today/,
    ],
    ['because the option gives something else', () => ({}) as Worker, /no Worker/],
  ])('%s: rejects and says so', async (_case, create, message) => {
    const { engine } = watchedEngine(create);
    const error = await failure(engine.run([vector(1)], { model: doubled() }));
    expect(error).toMatchObject({ code: 'WORKER_START_FAILED' });
    expect(error.message).toMatch(message);
  });

  it('because the option gives the ended worker again: rejects and says so', async () => {
    const worker = workers.predict();
    const { engine } = watchedEngine(() => worker);
    const model = busy();
    await engine.load({ model });
    worker.terminate();
    await vi.waitFor(async () =>
      expect(await engine.availability({ model })).toEqual({ state: 'downloadable' }),
    );
    const error = await failure(engine.run([busyInput], { model }));
    expect(error).toMatchObject({ code: 'WORKER_START_FAILED' });
    expect(error.message).toContain('new Worker each time');
  });
});

describe('a runtime that cannot start', () => {
  it.each<[string, () => Worker, RegExp]>([
    ['its wasm cannot be fetched', workers.wasmBlocked, /wasm/],
    ['its wasm is HTML', workers.wasmIsHtml, /answer the \.wasm file itself/],
    ['wasm is forbidden by the page', workers.wasmForbidden, /wasm-unsafe-eval/],
  ])('%s: every call rejects, later ones at once, without another worker', async (_case, create, message) => {
    const { engine, made } = watchedEngine(create);
    const model = doubled();
    const calls = Array.from({ length: 3 }, () => failure(engine.run([vector(1)], { model })));
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
      expect(error.message).toMatch(message);
    }
    expect(await failure(engine.run([vector(1)], { model }))).toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
    expect(made).toHaveLength(1);
  });

  it('starts in the next worker once what was wrong is mended', async () => {
    let create: () => Worker = workers.wasmBlocked;
    const { engine } = watchedEngine(() => create());
    expect(await failure(engine.load({ model: doubled() }))).toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
    create = workers.predict;
    await engine.load({ model: doubled() });
    await expectAnswer(engine);
  });
});

describe('the lock that tells of death', () => {
  const waits = async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = held.map(({ name }) => name).filter((name) => name?.startsWith('predcache-worker-'));
    return pending.filter(({ name }) => names.includes(name)).length;
  };

  it('is waited for while the page is shown, also after it returns, and not after disposal', async () => {
    const { engine, made } = watchedEngine();
    const model = doubled();
    await engine.load({ model });
    await expect.poll(waits).toBe(1);
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    await expect.poll(waits).toBe(0);
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await expect.poll(waits).toBe(1);
    made[0]!.terminate();
    await expect.poll(() => engine.availability({ model })).toEqual({ state: 'downloadable' });
    await engine.load({ model });
    await expect.poll(waits).toBe(1);
    await engine.dispose();
    await expect.poll(waits).toBe(0);
  });
});

describe("a thread of the runtime's", () => {
  it('does not answer, though it runs the same file', async () => {
    const { engine } = watchedEngine(workers.thread, { startTimeout: 1_500 });
    expect(await failure(engine.load({ model: doubled() }))).toMatchObject({
      code: 'WORKER_START_FAILED',
      details: { timeout: 1_500 },
    });
  });
});

describe('abort', () => {
  it('before a call starts nothing', async () => {
    const { engine, made } = watchedEngine();
    const reason = new Error('before');
    const signal = AbortSignal.abort(reason);
    expect(await failure(engine.run([vector(1)], { model: doubled(), signal }))).toBe(reason);
    expect(await failure(engine.load({ model: doubled(), signal }))).toBe(reason);
    expect(made).toHaveLength(0);
  });

  it('while the worker starts leaves it to others', async () => {
    const { engine, made } = watchedEngine(workers.slow);
    const controller = new AbortController();
    const aborted = failure(engine.run([vector(1)], { model: doubled(), signal: controller.signal }));
    const other = expectAnswer(engine);
    controller.abort('while starting');
    expect(await aborted).toBe('while starting');
    await other;
    expect(made).toHaveLength(1);
  });

  it('while loading rejects at once, and the load goes on for others', async () => {
    const { engine } = watchedEngine();
    const model = doubled();
    const controller = new AbortController();
    const aborted = failure(
      engine.run([vector(1)], {
        model,
        signal: controller.signal,
        onProgress: () => controller.abort('loading'),
      }),
    );
    const other = engine.run([vector(2)], { model });
    expect(await aborted).toBe('loading');
    expect(((await other).outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(4));
  });

  it('by whoever is told of the progress so far is heeded', async () => {
    const { engine } = watchedEngine();
    const model = doubled();
    const aborted: Promise<Error>[] = [];
    const joinAndLeave = () => {
      if (aborted.length > 0) return;
      for (const call of ['load', 'run'] as const) {
        const controller = new AbortController();
        const options = {
          model,
          signal: controller.signal,
          onProgress: () => controller.abort('seen enough'),
        };
        aborted.push(failure(call === 'load' ? engine.load(options) : engine.run([vector(1)], options)));
      }
    };
    await engine.load({ model, onProgress: joinAndLeave });
    expect(await Promise.all(aborted)).toEqual(['seen enough', 'seen enough']);
  });

  it('of a load that ends well all the same leaves a model that is available', async () => {
    const { engine } = watchedEngine();
    const model = doubled();
    const controller = new AbortController();
    const aborted = failure(
      engine.load({ model, signal: controller.signal, onProgress: () => controller.abort('loading') }),
    );
    expect(await aborted).toBe('loading');
    const steps: LoadProgress[] = [];
    await engine.run([vector(1)], { model });
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
    await engine.load({ model, onProgress: (step) => steps.push(step) });
    expect(steps.map(({ phase, ratio }) => [phase, ratio])).toEqual([['ready', 1]]);
  });

  it('while running rejects at once; the run is let go, and the rest of its batch is not run', async () => {
    const { engine, made } = watchedEngine();
    const model = busy();
    const began = performance.now();
    await engine.run([busyInput], { model });
    await engine.run([busyInput], { model });
    const perRun = (performance.now() - began) / 2;
    const controller = new AbortController();
    const running = failure(
      engine.run(
        Array.from({ length: 64 }, () => busyInput),
        { model, signal: controller.signal },
      ),
    );
    controller.abort('running');
    expect(await running).toBe('running');
    const next = performance.now();
    await engine.run([busyInput], { model });
    expect(performance.now() - next).toBeLessThan(perRun * 20);
    expect(made).toHaveLength(1);
  });
});

describe('disposal', () => {
  it('settles calls in every state, ends the worker and is final', async () => {
    const { engine, made } = watchedEngine();
    const loaded = busy();
    await engine.load({ model: loaded });
    const terminate = vi.spyOn(made[0]!, 'terminate');
    const pending = [
      engine.run([busyInput], { model: loaded }),
      engine.run([vector(1)], { model: doubled() }),
      engine.load({ model: modelAt(blobUrl(scaleModel(9))) }),
    ].map(failure);
    await engine.dispose();
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'DISPOSED' });
    expect(terminate).toHaveBeenCalledTimes(1);
    expect(await failure(engine.load({ model: loaded }))).toMatchObject({ code: 'DISPOSED' });
    expect(made).toHaveLength(1);
  });

  it('before anything was called starts nothing', async () => {
    const { engine, made } = watchedEngine();
    await engine.dispose();
    expect(made).toHaveLength(0);
  });

  it('while the worker is still starting ends it', async () => {
    const { engine, made } = watchedEngine(workers.silent);
    const steps: LoadProgress[] = [];
    const pending = failure(engine.load({ model: doubled(), onProgress: (step) => steps.push(step) }));
    await engine.dispose();
    expect(await pending).toMatchObject({ code: 'DISPOSED' });
    expect(made).toHaveLength(1);
    expect(steps).toEqual([]);
  });
});
