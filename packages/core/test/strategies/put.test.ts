import type { Origin, OriginWrite, Payload } from '@predcache/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { until } from '../support/until.js';
import { makeWorld } from '../support/world.js';

afterEach(() => void vi.useRealTimers());

/** An origin that records, and may be told to take its time, to fail or to know answers. */
function recordingOrigin() {
  const writes: OriginWrite[] = [];
  const origin = {
    writes,
    known: new Map<string, Payload>(),
    reads: [] as (readonly string[])[],
    turn: async () => {},
    async write(given: readonly OriginWrite[]) {
      await origin.turn();
      writes.push(...given);
    },
    async read(keys: readonly string[]) {
      origin.reads.push(keys);
      await origin.turn();
      return keys.map((key) => origin.known.get(key));
    },
  };
  return origin satisfies Origin;
}

describe.each(['through', 'around'] as const)('put, write %s', (write) => {
  it('answers from then on, in place of what was computed, and the origin has it', async () => {
    const origin = recordingOrigin();
    const { predictor, slow, fast } = makeWorld({ origin: { write: origin.write }, write });
    const { key } = await predictor.predict('a', { waitForTiers: true });
    await predictor.put('a', 'right', { tags: ['t'] });
    expect(slow.entries.get(key)).toMatchObject({ outputs: 'right', computedBy: 'app', tags: ['t'] });
    expect(fast.peek(key)?.outputs).toBe(write === 'through' ? 'right' : undefined);
    expect(await predictor.predict('a')).toMatchObject({ output: 'right', backend: 'app' });
    expect(predictor.peek('a')?.output).toBe('right');
    expect(origin.writes).toMatchObject([{ entry: { key, outputs: 'right', model: predictor.modelId } }]);
    expect(origin.writes[0]?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    await predictor.invalidate({ tags: ['t'] });
    expect((await predictor.predict('a')).output).toBe('a v1 s0');
  });

  it('stores nothing that the origin did not take', async () => {
    const origin = recordingOrigin();
    origin.turn = () => Promise.reject(new Error('no'));
    const { predictor, events } = makeWorld({ origin: { write: origin.write }, write });
    const { output } = await predictor.predict('a', { waitForTiers: true });
    expect(await failure(predictor.put('a', 'right'))).toMatchObject({
      code: 'ORIGIN_FAILED',
      cause: { message: 'no' },
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'origin-error', operation: 'write' }));
    expect((await predictor.predict('a')).output).toBe(output);
  });

  it('is not followed by what began to be computed before it or while it was written', async () => {
    const { predictor, slow, world } = makeWorld({ write });
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'set' ? opened : Promise.resolve());
    const before = predictor.predict('a', { write: 'through' });
    await before;
    world.state = 1;
    const late = predictor.predict('a', { write: 'through', cache: 'reload' });
    const putting = predictor.put('a', 'right');
    await until(() => slow.calls.delete === 1);
    const during = predictor.predict('a', { write: 'through' });
    await Promise.all([late, during]);
    open();
    await putting;
    expect((await predictor.predict('a')).output).toBe('right');
    expect(slow.outputs).toEqual(['right']);
  });
});

describe('put', () => {
  it('of the same millisecond is not taken for what a slower tier is about to delete', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const { predictor, slow } = makeWorld({ write: 'around' });
    await predictor.predict('a', { waitForTiers: true });
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'delete' ? opened : Promise.resolve());
    const putting = predictor.put('a', 'right');
    const { source } = await predictor.predict('a', { cache: 'default' });
    expect(source).toBe('on_device');
    open();
    await putting;
    expect((await predictor.predict('a')).output).toBe('right');
  });

  it('by its signal stops waiting for an origin that hangs', async () => {
    const { predictor } = makeWorld({ origin: { write: () => new Promise(() => {}) } });
    const controller = new AbortController();
    const putting = failure(predictor.put('a', 'right', { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect(await putting).toMatchObject({ message: 'enough' });
    expect(predictor.peek('a')).toBeUndefined();
    const again = failure(predictor.put('a', 'right'));
    await predictor.dispose();
    expect(await again).toMatchObject({ code: 'DISPOSED' });
  });

  it('gives up an origin that hangs for 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { predictor } = makeWorld({ origin: { write: () => new Promise(() => {}) } });
    const putting = failure(predictor.put('a', 'right'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await putting).toMatchObject({
      code: 'ORIGIN_TIMEOUT',
      what: expect.stringContaining('30000 ms'),
    });
  });

  it('keeps a copy, and refuses what is no output', async () => {
    const { predictor } = makeWorld();
    const outputs = { label: 'right' };
    const putting = predictor.put('a', outputs);
    outputs.label = 'changed';
    await putting;
    expect(predictor.peek('a')?.output).toEqual({ label: 'right' });
    expect(await failure(predictor.put('a', (() => 5) as never))).toMatchObject({ code: 'OUTPUT_INVALID' });
    expect(await failure(predictor.put('a', 'x', { write: 'sideways' as never }))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
    expect(await failure(predictor.put('a', 'x', { write: 'back' }))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });

  it('works although the slower tier fails', async () => {
    const { predictor, slow } = makeWorld();
    slow.turn = () => Promise.reject(new Error('gone'));
    await predictor.put('a', 'right');
    expect((await predictor.predict('a')).output).toBe('right');
  });
});

describe('write around', () => {
  it('leaves memory to what is asked for again', async () => {
    const { predictor, fast } = makeWorld({ write: 'around' });
    const { key } = await predictor.predict('a', { waitForTiers: true });
    expect(fast.peek(key)).toBeUndefined();
    expect((await predictor.predict('a')).source).toBe('indexeddb');
    expect((await predictor.predict('a')).source).toBe('memory');
  });
});

describe('an origin that can be read', () => {
  it('is asked before an engine, for all inputs of one moment at once', async () => {
    const origin = recordingOrigin();
    const { predictor, world, slow } = makeWorld({ origin });
    const { key } = await predictor.predict('a', { cache: 'no-store' });
    world.runs = 0;
    origin.known.set(key, 'right');
    const answers = await predictor.predictMany(['a', 'b'], { tags: ['t'], waitForTiers: true });
    expect(answers.map(({ output, source }) => [output, source])).toEqual([
      ['right', 'origin'],
      ['b v1 s0', 'on_device'],
    ]);
    expect(answers[0]).toMatchObject({ age: 0, isStale: false, backend: 'app' });
    expect(origin.reads).toHaveLength(1);
    expect(world.runs).toBe(1);
    expect(slow.entries.get(key)?.tags).toEqual(['t']);
    expect(await predictor.predict('a')).toMatchObject({ output: 'right', source: 'memory' });
    expect(predictor.stats()).toMatchObject({ hitsByTier: { origin: 1, memory: 1 }, misses: 2 });
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no'))],
    ['throws', () => JSON.parse('no')],
    ['gives nonsense', async () => 5],
    ['gives too little', async () => []],
    ['gives what is no output', async () => [() => 5]],
  ])('and %s leaves it to the engine', async (_, read) => {
    const { predictor } = makeWorld({ origin: { write: async () => {}, read: read as never } });
    expect(await predictor.predict('a')).toMatchObject({ output: 'a v1 s0', source: 'on_device' });
  });

  it('and hangs leaves it to the engine after 10 s, and to the caller to leave before', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { predictor, events } = makeWorld({
      origin: { write: async () => {}, read: () => new Promise(() => {}) },
    });
    const controller = new AbortController();
    const left = failure(predictor.predict('b', { signal: controller.signal }));
    const asked = predictor.predict('a');
    await vi.advanceTimersByTimeAsync(5000);
    controller.abort(new Error('left'));
    expect(await left).toMatchObject({ message: 'left' });
    await vi.advanceTimersByTimeAsync(5000);
    expect((await asked).source).toBe('on_device');
    expect(events).toContainEqual(expect.objectContaining({ type: 'origin-error', operation: 'read' }));
  });

  it('says what a refresh stores, as it said what went stale', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const origin = recordingOrigin();
    const { predictor } = makeWorld({ origin, ttl: 10, staleWhileRevalidate: 1e6 });
    const { key } = await predictor.predict('a', { cache: 'no-store' });
    origin.known.set(key, 'right');
    await predictor.predict('a');
    vi.setSystemTime(5000);
    origin.known.set(key, 'righter');
    expect(await predictor.predict('a')).toMatchObject({ output: 'right', isStale: true });
    await until(() => predictor.peek('a')?.isStale === false);
    expect(predictor.peek('a')?.output).toBe('righter');
  });

  it('is not asked by what is to be computed, nor by only-if-cached', async () => {
    const origin = recordingOrigin();
    const { predictor } = makeWorld({ origin });
    for (const cache of ['reload', 'no-cache', 'no-store'] as const)
      expect((await predictor.predict('a', { cache })).source).toBe('on_device');
    await failure(predictor.predict('b', { cache: 'only-if-cached' }));
    expect(origin.reads).toEqual([]);
  });
});
