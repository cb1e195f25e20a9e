import type { LoadProgress, Tensors } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { blobUrl, modelAt, vector } from './support/engineModels.js';
import { failure } from './support/failure.js';
import { busyModel, scaleModel, widenModel } from './support/testModels.js';
import { watchedEngine, workers } from './support/workers.js';

const patient = { timeout: 20_000, interval: 2 };
const size = 256;
const busyInput = (): Tensors => ({
  x: { type: 'float32', dims: [64, size], data: new Float32Array(64 * size).fill(1) },
});
/** Takes some ten ms a run. */
const busy = (name = 'busy') => modelAt(blobUrl(busyModel({ size, times: 20 })), name);
const doubled = (name = 'doubled') => modelAt(blobUrl(scaleModel(2)), name);

describe('the order of runs', () => {
  it('goes by urgency, and models take turns', async () => {
    const { engine } = watchedEngine();
    const [one, other] = [busy('one'), busy('other')];
    await Promise.all([engine.load({ model: one }), engine.load({ model: other })]);
    const ended: string[] = [];
    const run = (name: string, model: typeof one, priority?: 'refresh' | 'background') =>
      engine.run([busyInput()], { model, priority }).then(() => ended.push(name));
    // The worker has the first two at once.
    const first = [run('one 0', one), run('one 1', one)];
    await Promise.all([
      ...first,
      run('background', one, 'background'),
      run('refresh', one, 'refresh'),
      ...[2, 3, 4].map((index) => run(`one ${index}`, one)),
      run('other', other),
    ]);
    expect(ended.slice(0, 2)).toEqual(['one 0', 'one 1']);
    expect(ended.indexOf('other')).toBeLessThan(ended.indexOf('one 4'));
    expect(ended.slice(-2)).toEqual(['refresh', 'background']);
  });

  it('is bounded: who is less urgent gives way, else the new one rejects at once', async () => {
    const { engine } = watchedEngine(workers.predict, { maxQueueLength: 2 });
    const model = busy();
    await engine.load({ model });
    const begun = [1, 2].map(() => engine.run([busyInput()], { model }));
    const background = failure(engine.run([busyInput()], { model, priority: 'background' }));
    const waiting = engine.run([busyInput()], { model });
    const urgent = engine.run([busyInput()], { model });
    expect(await background).toMatchObject({ code: 'ENGINE_OVERLOADED', details: { maxQueueLength: 2 } });
    expect(await failure(engine.run([busyInput()], { model }))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    expect(await Promise.all([...begun, waiting, urgent])).toHaveLength(4);
  });
});

describe('a run that has begun', () => {
  it('says so once, when the model is loaded', async () => {
    const { engine } = watchedEngine();
    const model = doubled();
    const heard: string[] = [];
    const onProgress = ({ phase }: LoadProgress) => heard.push(phase);
    await engine.run([vector(1)], { model, onProgress, onBegun: () => heard.push('begun') });
    expect(heard.at(-1)).toBe('begun');
    expect(heard.at(-2)).toBe('ready');
    expect(heard.filter((each) => each === 'begun')).toHaveLength(1);
  });

  it('is not said of one that is aborted while it waits or loads', async () => {
    const { engine } = watchedEngine();
    const onBegun = vi.fn();
    const controller = new AbortController();
    const loading = failure(
      engine.run([vector(1)], { model: doubled(), signal: controller.signal, onBegun }),
    );
    controller.abort('enough');
    expect(await loading).toBe('enough');
    const model = busy();
    await engine.load({ model });
    const begun = [1, 2].map(() => engine.run([busyInput()], { model }));
    const second = new AbortController();
    const waiting = failure(engine.run([busyInput()], { model, signal: second.signal, onBegun }));
    second.abort('too late');
    expect(await waiting).toBe('too late');
    await Promise.all(begun);
    expect(onBegun).not.toHaveBeenCalled();
  });

  it('with hardAbort ends its worker when it is aborted; others begin again in the next one', async () => {
    const { engine, made } = watchedEngine(workers.predict, { hardAbort: true });
    const model = busy();
    await engine.load({ model });
    const terminate = vi.spyOn(made[0]!, 'terminate');
    const controller = new AbortController();
    const onBegun = vi.fn();
    const aborted = failure(engine.run([busyInput()], { model, signal: controller.signal, onBegun }));
    const others = [1, 2].map(() => engine.run([busyInput()], { model, onBegun }));
    controller.abort('hard');
    expect(terminate).toHaveBeenCalledTimes(1);
    expect(await aborted).toBe('hard');
    expect(await Promise.all(others)).toHaveLength(2);
    expect(made).toHaveLength(2);
    expect(onBegun).not.toHaveBeenCalled();
  });
});

describe('large inputs', () => {
  const length = 32 * 1024;
  const large = (): Tensors => ({
    x: { type: 'float32', dims: [length], data: new Float32Array(length).fill(1) },
  });

  it('move where the caller allows it, small ones and parts of buffers are copied', async () => {
    const { engine } = watchedEngine();
    const model = doubled();
    const [moved, kept, small] = [large(), large(), vector(1)];
    const part: Tensors = {
      x: { type: 'float32', dims: [length], data: new Float32Array(2 * length).subarray(length) },
    };
    for (const input of [moved, small, part]) await engine.run([input], { model, mayTransfer: true });
    const { outputs } = await engine.run([kept], { model });
    expect([moved, kept, small].map(({ x }) => x!.data.length)).toEqual([0, length, 1]);
    expect((part.x!.data as Float32Array).buffer.byteLength).toBe(8 * length);
    expect((outputs[0] as Tensors).y!.data).toEqual(new Float32Array(length).fill(2));
  });

  it('that have moved are lost with their worker', async () => {
    const { engine, made } = watchedEngine();
    const model = doubled();
    await engine.load({ model });
    const lost = failure(engine.run([large()], { model, mayTransfer: true }));
    const kept = engine.run([large()], { model });
    made[0]!.terminate();
    expect(await lost).toMatchObject({ code: 'WORKER_DIED' });
    expect((await kept).outputs).toHaveLength(1);
  });

  it('that wait stay here when the runtime has crashed in another run; one that has moved is lost by no fault of its own', async () => {
    const { engine, made } = watchedEngine();
    const [greedy, model] = [modelAt(blobUrl(widenModel(65_536)), 'greedy'), doubled()];
    await Promise.all([engine.load({ model: greedy }), engine.load({ model })]);
    const rows: Tensors = { x: { type: 'float32', dims: [16_380, 1], data: new Float32Array(16_380) } };
    const crashed = failure(engine.run([rows], { model: greedy }));
    const posted = failure(engine.run([large()], { model, mayTransfer: true }));
    const waiting = engine.run([large()], { model, mayTransfer: true, priority: 'background' });
    expect(await posted).toMatchObject({ code: 'WORKER_DIED', cause: { code: 'ENGINE_FAILED' } });
    expect(await crashed).toMatchObject({ code: 'ENGINE_FAILED', details: { runtime: 'broken' } });
    expect((await waiting).outputs).toHaveLength(1);
    expect(made).toHaveLength(2);
  });

  it('that somebody has taken away already reject with what is wrong', async () => {
    const { engine } = watchedEngine();
    const input = large();
    structuredClone(input.x!.data, { transfer: [(input.x!.data as Float32Array).buffer as ArrayBuffer] });
    const error = await failure(engine.run([input], { model: doubled(), mayTransfer: true }));
    expect(error).toMatchObject({ code: 'INPUT_REJECTED' });
  });
});

describe('several workers', () => {
  it('are started when runs find the others busy, and compute at the same time', async () => {
    const { engine, made } = watchedEngine(workers.predict, { workers: 2 });
    expect([engine.concurrency, engine.lookahead]).toEqual([2, 2]);
    const model = busy();
    await engine.run([busyInput()], { model });
    await engine.run([busyInput()], { model });
    expect(made).toHaveLength(1);
    const posted = () => made.map((worker) => vi.mocked(worker.postMessage).mock.calls.length);
    vi.spyOn(made[0]!, 'postMessage');
    let more = true;
    const load = async () => {
      while (more) await engine.run([busyInput()], { model });
    };
    const loads = [load(), load(), load()];
    await vi.waitFor(() => expect(made).toHaveLength(2), patient);
    vi.spyOn(made[1]!, 'postMessage');
    const [, before] = posted();
    await vi.waitFor(() => expect(posted()[1]! - before!).toBeGreaterThan(5), patient);
    more = false;
    await Promise.all(loads);
    expect(made).toHaveLength(2);
  });

  it('go on when one of them dies', async () => {
    const { engine, made } = watchedEngine(workers.predict, { workers: 2 });
    const model = busy();
    const runs = Array.from({ length: 12 }, () => engine.run([busyInput()], { model }));
    await vi.waitFor(() => expect(made).toHaveLength(2), patient);
    made[0]!.terminate();
    const results = await Promise.all(runs);
    const sums = results.map(({ outputs }) => (outputs[0] as Tensors).y!.data[0]);
    expect(new Set(sums).size).toBe(1);
  });
});

describe('a worker with nothing to do', () => {
  it('is ended after the idle timeout, and the next call starts another', async () => {
    const { engine, made } = watchedEngine(workers.predict, { idleTimeout: 300 });
    const model = doubled();
    await engine.run([vector(1)], { model });
    const terminate = vi.spyOn(made[0]!, 'terminate');
    expect(await engine.availability({ model })).toEqual({ state: 'available' });
    await vi.waitFor(() => expect(terminate).toHaveBeenCalledTimes(1), patient);
    expect(await engine.availability({ model })).toEqual({ state: 'downloadable' });
    const { outputs } = await engine.run([vector(2)], { model });
    expect((outputs[0] as Tensors).y!.data).toEqual(Float32Array.of(4));
    expect(made).toHaveLength(2);
  });

  it('is not ended while it computes, however long that takes', async () => {
    const { engine, made } = watchedEngine(workers.predict, { idleTimeout: 1 });
    const model = modelAt(blobUrl(busyModel({ size, times: 100 })), 'long');
    const runs = Array.from({ length: 5 }, () => engine.run([busyInput()], { model }));
    expect(await Promise.all(runs)).toHaveLength(5);
    expect(made).toHaveLength(1);
  });
});

describe('models of a worker', () => {
  it('are let go of, and loaded again when they are run', async () => {
    const { engine, made } = watchedEngine();
    const model = doubled();
    await engine.run([vector(1)], { model });
    await engine.unload!({ model });
    expect(await engine.availability({ model })).toEqual({ state: 'downloadable' });
    const phases: string[] = [];
    await engine.run([vector(1)], { model, onProgress: ({ phase }) => phases.push(phase) });
    expect(phases).toContain('session');
    expect(made).toHaveLength(1);
  });

  it('tell what they take and give', async () => {
    const { engine } = watchedEngine();
    const signature = await engine.signature!({ model: doubled() });
    expect(signature.inputs).toMatchObject([{ name: 'x', type: 'float32' }]);
    expect(signature.outputs).toMatchObject([{ name: 'y', type: 'float32' }]);
  });

  it('whose load begins again in another worker show progress that never falls', async () => {
    const { engine, made } = watchedEngine();
    const steps: LoadProgress[] = [];
    let ended = 0;
    await engine.load({
      model: doubled(),
      onProgress: (step) => {
        steps.push(step);
        if (step.phase === 'session' && ended++ === 0) made[0]!.terminate();
      },
    });
    expect(made).toHaveLength(2);
    expect(steps.map(({ ratio }) => ratio)).toEqual(steps.map(({ ratio }) => ratio).sort((a, b) => a - b));
    expect(steps.at(-1)).toMatchObject({ phase: 'ready', ratio: 1 });
  });
});
