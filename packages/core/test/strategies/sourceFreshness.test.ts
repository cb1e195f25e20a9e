import {
  createPredictor,
  fromFunction,
  memory,
  type PredictorEvent,
  type PredictorOptions,
  type ResultFreshness,
} from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineOf } from '../support/doubles.js';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { SlowTier } from '../support/slowTier.js';
import { remoteError } from '../support/twoEngines.js';
import { until } from '../support/until.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** A cloud that says how long its answers may be used, and knows of each whether it is still right. */
function makeCloud(
  freshness: ResultFreshness | undefined,
  options: Partial<PredictorOptions<string, string>> = {},
) {
  const server = {
    freshness,
    version: 1,
    isDown: false,
    runs: 0,
    etags: [] as (string | undefined)[],
    turn: undefined as Promise<void> | undefined,
  };
  const inCloud = engineOf(
    async (batch, { etags }) => {
      server.runs++;
      await server.turn;
      if (server.isDown) throw remoteError('REMOTE_UNREACHABLE');
      server.etags.push(...batch.map((_, index) => etags?.[index]));
      const notModified = batch.map(
        (_, index) => etags?.[index] !== undefined && etags[index] === `"${server.version}"`,
      );
      return {
        outputs: batch.map((input, index) =>
          notModified[index] ? undefined : `${input as string} v${server.version}`,
        ),
        backend: 'oip',
        freshness: batch.map(() => server.freshness),
        notModified,
      };
    },
    { maxBatchSize: 8 },
  );
  const fast = memory();
  const slow = new SlowTier();
  const predictor = createPredictor<string, string>({
    model: { name: 'm', version: '1' },
    tiers: [fast, slow],
    inCloud,
    ...options,
  });
  const events: PredictorEvent[] = [];
  predictor.subscribe((event) => events.push(event));
  return { server, predictor, fast, slow, events, ask: (call = {}) => predictor.predict('a', call) };
}

describe('what a server says of freshness', () => {
  it.each<[string, ResultFreshness | undefined, object, number]>([
    ['nothing', undefined, { ttl: 100 }, 100],
    ['the shorter lifetime', { ttl: 50 }, { ttl: 100 }, 50],
    ['the longer lifetime', { ttl: 200 }, { ttl: 100 }, 100],
    ['the only lifetime', { ttl: 50 }, {}, 50],
    ['no lifetime but an age, which counts', { age: 30 }, { ttl: 100 }, 70],
    ['what is left after an age', { ttl: 50, age: 1_000 }, {}, 50],
    ['nonsense', { ttl: Number.NaN, age: -5, staleIfError: 'x' as never }, { ttl: 100 }, 100],
  ])('%s', async (_what, freshness, options, fresh) => {
    const { ask, server } = makeCloud(freshness, options);
    expect(await ask()).toMatchObject({ source: 'in_cloud', isStale: false });
    later(fresh - 1);
    expect(await ask()).toMatchObject({ source: 'memory', isStale: false });
    later(1);
    expect((await ask()).source).toBe('in_cloud');
    expect(server.runs).toBe(2);
  });

  it('is kept by the slower tier', async () => {
    const { ask, fast, slow } = makeCloud({ ttl: 50, etag: '"1"' });
    const { key } = await ask({ waitForTiers: true });
    expect(slow.entries.get(key)?.freshness).toEqual({ ttl: 50, etag: '"1"' });
    fast.delete({ all: true });
    later(49);
    expect((await ask()).source).toBe('indexeddb');
    later(1);
    expect((await ask()).source).toBe('in_cloud');
  });

  it('an age is told, of the answer and of what is stored', async () => {
    const { ask } = makeCloud({ age: 3_000, ttl: 60_000 });
    expect(await ask()).toMatchObject({ age: 3_000, source: 'in_cloud', isStale: false });
    later(10);
    expect(await ask()).toMatchObject({ age: 3_010, source: 'memory' });
  });

  it('lets stale answers be given where the app says nothing of them, and the shorter time where both do', async () => {
    for (const [source, app, stale] of [
      [80, undefined, 80],
      [80, 20, 20],
      [20, 80, 20],
      [0, 80, 0],
      [undefined, 80, 80],
    ] as const) {
      const { ask, server } = makeCloud(
        { ttl: 50, staleWhileRevalidate: source, staleIfError: source },
        { staleWhileRevalidate: app, staleIfError: app },
      );
      await ask();
      server.isDown = true;
      later(50 + stale);
      expect(await failure(ask())).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
      later(-1);
      if (stale > 0) expect(await ask()).toMatchObject({ source: 'memory', isStale: true, age: 49 + stale });
    }
  });

  it('does not keep force-cache and only-if-cached from answering', async () => {
    const { ask } = makeCloud({ ttl: 0 });
    await ask();
    later(1_000);
    for (const cache of ['force-cache', 'only-if-cached'])
      expect(await ask({ cache })).toMatchObject({ source: 'memory', isStale: true });
    expect((await ask()).source).toBe('in_cloud');
  });

  it('no-store: nothing is kept, though those who ask at the same time share it', async () => {
    const { ask, server, fast, slow, events } = makeCloud({ noStore: true, ttl: 1e6 });
    const answers = await Promise.all([ask(), ask()]);
    expect(server.runs).toBe(1);
    await Promise.all([ask(), ask()]);
    expect(server.runs).toBe(2);
    expect(fast.peek(answers[0]!.key)).toBeUndefined();
    expect(slow.entries.size).toBe(0);
    expect(events.filter(({ type }) => type === 'not-stored')).toMatchObject([
      { reason: 'no-store' },
      { reason: 'no-store' },
    ]);
  });
});

describe('revalidation', () => {
  it('renews what is still right in every tier, without its outputs coming again', async () => {
    const { ask, server, fast, slow } = makeCloud({ ttl: 50, etag: '"1"', staleIfError: 7 });
    const { key } = await ask({ tags: ['t'], waitForTiers: true });
    later(60);
    server.freshness = { ttl: 500 };
    const answer = await ask({ waitForTiers: true });
    expect(answer).toMatchObject({ output: 'a v1', source: 'in_cloud', age: 0, isStale: false });
    expect(server.etags).toEqual([undefined, '"1"']);
    for (const entry of [fast.peek(key), slow.entries.get(key)])
      expect(entry).toMatchObject({
        outputs: 'a v1',
        createdAt: Date.now(),
        tags: ['t'],
        backend: 'oip',
        // What the server says nothing new of stays.
        freshness: { ttl: 500, etag: '"1"', staleIfError: 7 },
      });
    later(499);
    expect((await ask()).source).toBe('memory');
  });

  it('takes what has changed, with its own validator', async () => {
    const { ask, server, fast } = makeCloud({ ttl: 50, etag: '"1"' });
    const { key } = await ask();
    later(60);
    server.version = 2;
    server.freshness = { ttl: 50, etag: '"2"' };
    expect((await ask()).output).toBe('a v2');
    expect(fast.peek(key)?.freshness).toEqual({ ttl: 50, etag: '"2"' });
  });

  it('is what a refresh in the background does', async () => {
    const { ask, server, fast, events } = makeCloud({ ttl: 50, staleWhileRevalidate: 1e6, etag: '"1"' });
    const { key } = await ask();
    later(60);
    expect(await ask()).toMatchObject({ isStale: true, source: 'memory' });
    await until(() => events.some(({ type }) => type === 'background'));
    expect(server.etags).toEqual([undefined, '"1"']);
    expect(fast.peek(key)?.createdAt).toBe(Date.now());
    expect(await ask()).toMatchObject({ isStale: false, source: 'memory' });
  });

  it('is what no-cache does, and reload and no-store do not', async () => {
    const { ask, server } = makeCloud({ etag: '"1"' });
    await ask();
    expect(await ask({ cache: 'no-cache' })).toMatchObject({
      output: 'a v1',
      agrees: true,
      source: 'in_cloud',
    });
    await ask({ cache: 'reload' });
    await ask({ cache: 'no-store' });
    expect(server.etags).toEqual([undefined, '"1"', undefined, undefined]);
    server.version = 2;
    expect(await ask({ cache: 'no-cache' })).toMatchObject({ output: 'a v2', agrees: false });
  });

  it('is asked item by item', async () => {
    const { predictor, server } = makeCloud({ ttl: 50, etag: '"1"' });
    await predictor.predict('a');
    await predictor.predict('c');
    later(60);
    const answers = await predictor.predictMany(['a', 'b', 'c']);
    expect(answers.map(({ output }) => output)).toEqual(['a v1', 'b v1', 'c v1']);
    expect(server.etags.slice(2)).toEqual(['"1"', undefined, '"1"']);
    expect(server.runs).toBe(3);
  });

  it('asks only whoever the validator came from', async () => {
    const seen: unknown[] = [];
    const onDevice = engineOf(async (batch, { etags }) => {
      seen.push(etags);
      return { outputs: batch.map(() => 'device'), backend: 'wasm' };
    });
    const { ask } = makeCloud({ ttl: 50, etag: '"1"' }, { onDevice });
    await ask({ inferenceMode: 'only_in_cloud' });
    later(60);
    expect(await ask()).toMatchObject({ output: 'device', source: 'on_device' });
    expect(seen).toEqual([undefined]);
  });

  it('of nothing is an error of the engine, not an answer', async () => {
    const inCloud = engineOf(async () => ({ outputs: [undefined], backend: 'oip', notModified: [true] }));
    const predictor = createPredictor<string, string>({ model: { name: 'm', version: '1' }, inCloud });
    expect(await failure(predictor.predict('a'))).toMatchObject({ code: 'OUTPUT_INVALID' });
    const without = engineOf(async () => ({ outputs: [undefined], backend: 'oip' }));
    const other = createPredictor<string, string>({ model: { name: 'n', version: '1' }, inCloud: without });
    expect(await failure(other.predict('a'))).toMatchObject({ code: 'OUTPUT_INVALID' });
  });

  it('of what was invalidated meanwhile answers, and stores nothing', async () => {
    const { ask, server, predictor, fast, slow } = makeCloud({ ttl: 50, etag: '"1"' });
    const { key } = await ask({ waitForTiers: true });
    later(60);
    const held = gate();
    server.turn = held.opened;
    const asked = ask();
    await until(() => server.runs === 2);
    await predictor.invalidate({ input: 'a' });
    held.open();
    expect((await asked).output).toBe('a v1');
    expect(fast.peek(key)).toBeUndefined();
    expect(slow.entries.size).toBe(0);
  });
});

describe('when both engines fail', () => {
  const onDevice = fromFunction(() => {
    throw new Error('no wasm');
  });

  it('what is stale answers within staleIfError, and beyond that one error carries both causes', async () => {
    for (const inferenceMode of ['prefer_on_device', 'prefer_in_cloud', 'fastest'] as const) {
      const { ask, server } = makeCloud({ ttl: 50, staleIfError: 100 }, { onDevice, inferenceMode });
      expect((await ask()).source).toBe('in_cloud');
      later(149);
      server.isDown = true;
      expect(await ask()).toMatchObject({ output: 'a v1', source: 'memory', isStale: true, age: 149 });
      later(1);
      const error = (await failure(ask())) as Error & { details: { codes: string[]; sources: string[] } };
      expect(error).toMatchObject({ code: 'ENGINES_FAILED' });
      expect((error.cause as AggregateError).errors).toHaveLength(2);
      const byEngine = Object.fromEntries(
        error.details.sources.map((source, index) => [source, error.details.codes[index]]),
      );
      expect(byEngine).toEqual({ in_cloud: 'REMOTE_UNREACHABLE', on_device: 'ENGINE_FAILED' });
    }
  });
});
