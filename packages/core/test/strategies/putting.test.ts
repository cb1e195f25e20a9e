import {
  createPredictor,
  fromFunction,
  memory,
  memoryOutbox,
  type Origin,
  type OriginWrite,
} from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { slowTier } from '../support/slowTier.js';

const model = { name: 'm', version: '1' };

class Records implements Origin {
  readonly writes: OriginWrite[] = [];
  error: Error | undefined;

  async write(writes: readonly OriginWrite[]): Promise<void> {
    if (this.error !== undefined) throw this.error;
    this.writes.push(...writes);
  }
}

function make(
  origin: Origin | undefined,
  engine = fromFunction((text: string) => `computed ${text}`),
  tiers = [memory(), slowTier()],
) {
  const predictor = createPredictor<string, string>({
    model,
    tiers,
    onDevice: engine,
    origin,
    ...(origin === undefined ? {} : { outbox: memoryOutbox() }),
  });
  return { predictor, tiers };
}

describe('put', () => {
  it('through: settles once the origin and every tier have it', async () => {
    const origin = new Records();
    const { predictor, tiers } = make(origin);
    await predictor.put('a', 'right', { tags: ['x'] });
    expect(origin.writes).toMatchObject([
      { idempotencyKey: expect.stringMatching(/^[0-9a-f]{32}$/), entry: { outputs: 'right', tags: ['x'] } },
    ]);
    const { key } = origin.writes[0]!.entry;
    for (const tier of tiers)
      expect(await tier.getMany([key])).toMatchObject([{ outputs: 'right', computedBy: 'app' }]);
    expect(await predictor.predict('a')).toMatchObject({ output: 'right', source: 'memory' });
    await predictor.invalidate({ tags: ['x'] });
    expect((await predictor.predict('a')).output).toBe('computed a');
  });

  it('through: what the origin does not take does not answer', async () => {
    const origin = new Records();
    origin.error = new Error('down');
    const { predictor } = make(origin);
    await predictor.predict('a');
    expect(await failure(predictor.put('a', 'right'))).toMatchObject({ code: 'ORIGIN_FAILED' });
    expect(predictor.peek('a')?.output).toBe('computed a');
  });

  it('through: stops waiting when its signal aborts', async () => {
    const { predictor } = make({ write: () => new Promise(() => {}) });
    const controller = new AbortController();
    const put = failure(predictor.put('a', 'right', { signal: controller.signal }));
    controller.abort('enough');
    expect(await put).toBe('enough');
  });

  it('around: past memory', async () => {
    const { predictor } = make(new Records());
    await predictor.predict('a');
    await predictor.put('a', 'right', { write: 'around' });
    expect(predictor.peek('a')).toBeUndefined();
    expect(await predictor.predict('a')).toMatchObject({ output: 'right', source: 'indexeddb' });
  });

  it('back: acknowledged although the origin is down, and delivered when it is back', async () => {
    const origin = new Records();
    origin.error = new Error('down');
    const { predictor } = make(origin);
    await predictor.put('a', 'right', { write: 'back' });
    expect(predictor.peek('a')?.output).toBe('right');
    expect(await predictor.flush()).toMatchObject({ delivered: 0, left: 1 });
    origin.error = undefined;
    expect(await predictor.flush()).toEqual({ delivered: 1, left: 0 });
    expect(origin.writes.map(({ entry }) => entry.outputs)).toEqual(['right']);
    expect(predictor.stats().outbox).toMatchObject({ waiting: 0, delivered: 1 });
    await predictor.dispose();
  });

  it('keeps out what is being computed of its input', async () => {
    const engine = new GatedEngine();
    const { predictor } = make(new Records(), engine as never);
    const asked = predictor.predict('a');
    const call = await engine.called(1);
    await predictor.put('a', 'right');
    call.answer(['computed']);
    expect((await asked).output).toBe('computed');
    expect((await predictor.predict('a')).output).toBe('right');
  });

  it('asked for at once, without memory, gives what was put', async () => {
    const tier = slowTier();
    const predictor = createPredictor<string, string>({
      model,
      tiers: [tier],
      onDevice: fromFunction(() => 'computed'),
    });
    await predictor.predict('a', { waitForTiers: true });
    const put = predictor.put('a', 'right');
    await put;
    expect((await predictor.predict('a')).output).toBe('right');
  });

  it('refuses what no engine could give, and back without an outbox', async () => {
    const { predictor } = make(undefined);
    expect(await failure(predictor.put('a', (() => 1) as never))).toMatchObject({ code: 'OUTPUT_INVALID' });
    expect(await failure(predictor.put('a', 'b', { write: 'back' }))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });
});

describe('an origin that can be read', () => {
  it('is asked before an engine, for all inputs of one moment at once', async () => {
    const calls: number[] = [];
    const origin: Origin = {
      write: async () => {},
      read: async (keys) => {
        calls.push(keys.length);
        return keys.map((_, index) => (index === 0 ? 'recorded' : undefined));
      },
    };
    const { predictor } = make(origin, undefined, [memory()]);
    const answers = await predictor.predictMany(['a', 'b', 'c']);
    expect(answers.map(({ output }) => output)).toEqual(['recorded', 'computed b', 'computed c']);
    expect(answers.map(({ source }) => source)).toEqual(['origin', 'on_device', 'on_device']);
    expect(calls).toEqual([3]);
    expect(await predictor.predict('a')).toMatchObject({ output: 'recorded', source: 'memory' });
    expect(predictor.stats()).toMatchObject({ hits: 2, misses: 2, hitsByTier: { origin: 1 } });
  });

  it.each([
    ['fails', async () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['gives no array', async () => undefined],
    ['gives what no engine could', async () => [() => 1]],
  ])('does not fail a prediction when it %s', async (_, read) => {
    const { predictor } = make({ write: async () => {}, read: read as never });
    const failed: string[] = [];
    predictor.subscribe((event) => event.type === 'origin-error' && failed.push(event.operation));
    expect((await predictor.predict('a')).output).toBe('computed a');
    expect(failed).toEqual(['read']);
  });
});

describe('cache-aside', () => {
  it('gets, sets and deletes what is stored, and never computes', async () => {
    const { predictor, tiers } = make(undefined);
    const { cache } = predictor;
    expect([await cache.get('a'), await cache.has('a')]).toEqual([undefined, false]);
    await cache.set('a', 'mine', { tags: ['x'] });
    expect(await cache.get('a')).toMatchObject({ output: 'mine', source: 'memory', isStale: false });
    expect(await cache.has('a')).toBe(true);
    const found = await cache.getMany(['b', 'a']);
    expect(found.map((each) => each?.output)).toEqual([undefined, 'mine']);
    await (tiers[0] as ReturnType<typeof memory>).delete({ keys: ['none'] });
    await predictor.invalidate({ tags: ['x'] });
    expect(await cache.has('a')).toBe(false);
    await cache.set('a', 'again');
    await cache.delete('a');
    expect(await cache.get('a')).toBeUndefined();
    expect(predictor.stats()).toMatchObject({ misses: 0, hits: 2 });
  });
});
