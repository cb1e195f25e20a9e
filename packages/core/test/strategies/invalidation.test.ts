import { createPredictor, type Invalidation, memory, type PredictorEvent } from '@predcache/core';
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { slowTier } from '../support/slowTier.js';

const model = { name: 'm', version: '1' };

function make() {
  const engine = new GatedEngine({ concurrency: 10, maxBatchSize: 1 });
  const tiers = [memory(), slowTier()];
  const predictor = createPredictor<string, string>({ model, tiers, onDevice: engine });
  const answer = async (text: string, output: string, tags: string[] = []) => {
    const asked = predictor.predict(text, { tags, waitForTiers: true });
    (await engine.called(engine.calls.length + 1)).answer([output]);
    return asked;
  };
  return { engine, predictor, answer, tiers };
}

describe('invalidate', () => {
  const cases: readonly [Invalidation<string>, left: string[]][] = [
    [{ input: 'a' }, ['b', 'c']],
    [{ inputs: ['a', 'c'] }, ['b']],
    [{ tags: ['x'] }, ['c']],
    [{ tags: ['y', 'z'] }, ['a', 'c']],
    [{ where: ({ tags }) => tags.length === 0 }, ['a', 'b']],
    [{ olderThan: 3_600_000 }, ['a', 'b', 'c']],
    [{ everything: true }, []],
  ];

  it.each(cases)('%o leaves %o, in every tier', async (what, left) => {
    const { predictor, answer, tiers } = make();
    const keys = new Map([
      ['a', (await answer('a', '1', ['x'])).key],
      ['b', (await answer('b', '2', ['x', 'y'])).key],
      ['c', (await answer('c', '3')).key],
    ]);
    await predictor.invalidate(what);
    for (const tier of tiers) {
      const found = await tier.getMany([...keys.values()]);
      expect([...keys.keys()].filter((_, index) => found[index] !== undefined)).toEqual(left);
    }
    await predictor.dispose();
  });

  it('{ olderThan } goes by age', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
    const { predictor, answer } = make();
    await answer('a', '1');
    vi.setSystemTime(Date.now() + 1000);
    await answer('b', '2');
    await predictor.invalidate({ olderThan: 500 });
    expect([predictor.peek('a'), predictor.peek('b')?.output]).toEqual([undefined, '2']);
    vi.useRealTimers();
  });

  it.each<[string, Invalidation<string>]>([
    ['its input', { input: 'a' }],
    ['its tag', { tags: ['x'] }],
    ['a predicate', { where: () => false }],
    ['everything', { everything: true }],
  ])('keeps out what is being computed: by %s', async (_, what) => {
    const { engine, predictor, tiers } = make();
    const asked = predictor.predict('a', { tags: ['x'], waitForTiers: true });
    const call = await engine.called(1);
    await predictor.invalidate(what);
    // Whoever asks from now on gets an answer of their own.
    const askedAfter = predictor.predict('a', { waitForTiers: true });
    (await engine.called(2)).answer(['new']);
    expect((await askedAfter).output).toBe('new');
    call.answer(['old']);
    const { output, key } = await asked;
    expect(output).toBe('old');
    expect(predictor.peek('a')?.output).toBe('new');
    expect((await tiers[1]!.getMany([key]))[0]?.outputs).toBe('new');
    await predictor.dispose();
  });

  it('lets be what another tag is for', async () => {
    const { engine, predictor } = make();
    const asked = predictor.predict('a', { tags: ['x'] });
    const call = await engine.called(1);
    await predictor.invalidate({ tags: ['y'] });
    call.answer(['1']);
    await asked;
    expect(predictor.peek('a')?.output).toBe('1');
  });

  it('heeds the tags of everybody who joined, and of those who asked for what was stored', async () => {
    const { engine, predictor, answer } = make();
    const asked = [predictor.predict('a', { tags: ['x'] }), predictor.predict('a', { tags: ['y'] })];
    (await engine.called(1)).answer(['1']);
    await Promise.all(asked);
    await answer('b', '2', ['x']);
    expect((await predictor.predict('b', { tags: ['y'] })).source).toBe('memory');
    await predictor.invalidate({ tags: ['y'] });
    expect([predictor.peek('a'), predictor.peek('b')]).toEqual([undefined, undefined]);
  });

  it('of one predictor keeps out what another one of the same model is computing', async () => {
    const shared = memory();
    const engine = new GatedEngine();
    const [one, other] = [0, 1].map(() =>
      createPredictor<string, string>({ model, tiers: [shared], onDevice: engine }),
    );
    const asked = one!.predict('a');
    const call = await engine.called(1);
    await other!.clear();
    call.answer(['old']);
    await asked;
    expect(one!.peek('a')).toBeUndefined();
  });

  it('of a tier reaches the faster ones', async () => {
    const { predictor, answer, tiers } = make();
    await answer('a', '1');
    await tiers[1]!.delete({ all: true });
    expect(predictor.peek('a')).toBeUndefined();
  });

  it('reports what was invalidated', async () => {
    const { predictor } = make();
    const events: PredictorEvent[] = [];
    predictor.subscribe((event) => events.push(event));
    await predictor.invalidate({ tags: ['x'] });
    expect(events).toEqual([{ type: 'invalidated', selector: { model: predictor.modelId, tags: ['x'] } }]);
  });

  it.each([{}, null, undefined, 'everything', { tags: 'x' }, { olderThan: -1 }, { everything: 1 }])(
    'refuses %o',
    async (what) => {
      const { predictor } = make();
      expect(await failure(predictor.invalidate(what as never))).toMatchObject({
        code: 'OPTIONS_INVALID',
      });
    },
  );
});
