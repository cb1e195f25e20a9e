import { createPredictor, type Invalidation, keyOf, memory } from '@predcache/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { gate } from '../support/gate.js';
import { GatedEngine } from '../support/gatedEngine.js';
import { until } from '../support/until.js';
import { makeWorld, model } from '../support/world.js';

afterEach(() => void vi.useRealTimers());

const now = 1_700_000_000_000;
const large = 'x'.repeat(20_000);

/** Which of the inputs stay: `old` is 1000 ms older than the others. */
const selections: readonly [string, (id: string, key: string) => Invalidation<string>, readonly string[]][] =
  [
    ['input', () => ({ input: 'a' }), ['b', 'old']],
    ['inputs', () => ({ inputs: ['a', 'b', 'a', 'unknown'] }), ['old']],
    ['tags', () => ({ tags: ['x', 'none'] }), ['b', 'old']],
    ['no tags', () => ({ tags: [] }), ['a', 'b', 'old']],
    ['age', () => ({ olderThan: 500 }), ['a', 'b']],
    ['no age', () => ({ olderThan: 0 }), ['a', 'b']],
    ['predicate', (_, key) => ({ where: (facts) => facts.key === key }), ['b', 'old']],
    ['predicate that fails', () => ({ where: () => JSON.parse('no') }), []],
    ['model', (id) => ({ model: id }), []],
    ['another model', () => ({ model: 'f'.repeat(64) }), ['a', 'b', 'old']],
    ['everything', () => ({ everything: true }), []],
  ];

describe('invalidating by', () => {
  it.each(selections)('%s removes that from every tier, and nothing else', async (_, what, left) => {
    vi.useFakeTimers({ toFake: ['Date'], now: now - 1000 });
    const { predictor, fast, slow, events } = makeWorld();
    const key = await keyOf(model, 'a');
    await predictor.predict('old', { waitForTiers: true });
    vi.setSystemTime(now);
    await predictor.predict('a', { tags: ['x'], waitForTiers: true });
    await predictor.predict('b', { tags: ['y'], waitForTiers: true });
    const invalidating = predictor.invalidate(what(predictor.modelId, key));
    // At once, as far as memory goes.
    expect(['a', 'b', 'old'].filter((input) => predictor.peek(input) !== undefined)).toEqual(left);
    await invalidating;
    expect(slow.outputs.map((output) => String(output).split(' ')[0]).toSorted()).toEqual(left);
    expect(fast.usage().entries).toBe(left.length);
    expect(events.filter(({ type }) => type === 'invalidated').length).toBe(1);
  });

  it.each(selections)('%s keeps out what is being computed of it', async (_, what, left) => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    const engine = new GatedEngine();
    const fast = memory();
    const predictor = createPredictor<string, string>({ model, tiers: [fast], onDevice: engine });
    const asked = predictor.predict('a', { tags: ['x'] });
    const { answer } = await engine.called(1);
    await predictor.invalidate(what(predictor.modelId, await keyOf(model, 'a')));
    answer(['old']);
    expect((await asked).output).toBe('old');
    // What would have to be known to be chosen, and is not yet, counts as chosen.
    const isUnknown = 'olderThan' in what('', '');
    expect(fast.usage().entries).toBe(left.includes('a') && !isUnknown ? 1 : 0);
  });
});

describe('an invalidation', () => {
  it('of a large input concerns what was asked before it, small or large', async () => {
    const { predictor, world } = makeWorld();
    const asked = predictor.predict(large);
    world.state = 1;
    await Promise.all([asked, predictor.invalidate({ input: large })]);
    expect((await predictor.predict(large)).output).toMatch(/s1$/);
  });

  it.each([[{ input: 'a' }], [{ tags: ['x'] }], [{ where: () => true }], [{ everything: true }]] as [
    Invalidation<string>,
  ][])('%j holds while a slower tier still deletes', async (what) => {
    const { predictor, fast, slow, world } = makeWorld();
    await predictor.predict('a', { tags: ['x'], waitForTiers: true });
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'delete' ? opened : Promise.resolve());
    world.state = 1;
    const invalidating = predictor.invalidate(what);
    expect(slow.entries.size).toBe(1);
    expect((await predictor.predict('a')).output).toBe('a v1 s1');
    expect((await predictor.predict('a')).source).toBe('memory');
    open();
    await invalidating;
    fast.delete({ all: true });
    expect((await predictor.predict('a')).output).toBe('a v1 s1');
  });

  it('by a predicate leaves to be found what it does not choose, also for those who had begun to look', async () => {
    const { predictor, fast, slow, world } = makeWorld();
    await predictor.put('a', 'right');
    fast.delete({ all: true });
    const { opened, open } = gate();
    let steps = 0;
    slow.turn = async (operation) => {
      if (operation === 'get' && ++steps === 2) await opened;
    };
    const asked = predictor.predict('a');
    await until(() => steps === 2);
    await predictor.invalidate({ where: ({ tags }) => tags.includes('others') });
    open();
    expect(await asked).toMatchObject({ output: 'right', source: 'indexeddb' });
    expect(world.runs).toBe(0);
  });

  it('reaches a write that is on its way to a slower tier', async () => {
    const { predictor, slow } = makeWorld();
    const { opened, open } = gate();
    slow.turn = (operation) => (operation === 'set' ? opened : Promise.resolve());
    await predictor.predict('a');
    const invalidating = predictor.invalidate({ input: 'a' });
    open();
    await invalidating;
    expect(slow.entries.size).toBe(0);
  });

  it('is heard by another predictor that shares the tiers, of what it is computing', async () => {
    const { predictor, fast, slow } = makeWorld();
    const engine = new GatedEngine();
    const other = createPredictor<string, string>({ model, tiers: [fast, slow], onDevice: engine });
    const asked = other.predict('a');
    const { answer } = await engine.called(1);
    await predictor.invalidate({ input: 'a' });
    answer(['old']);
    await asked;
    expect(fast.usage().entries).toBe(0);
    expect(other.stats().stored).toBe(0);
  });

  it('of a slower tier reaches the memory of another predictor in front of it', async () => {
    const { predictor, slow, engine } = makeWorld();
    const other = createPredictor<string, string>({ model, tiers: [memory(), slow], onDevice: engine });
    await predictor.predict('a', { waitForTiers: true });
    await other.predict('a');
    expect(other.peek('a')).toBeDefined();
    await predictor.invalidate({ input: 'a' });
    expect(other.peek('a')).toBeUndefined();
  });

  it('succeeds although a tier fails, and says so', async () => {
    const { predictor, slow, events } = makeWorld();
    await predictor.predict('a', { waitForTiers: true });
    slow.turn = (operation) =>
      operation === 'delete' ? Promise.reject(new Error('gone')) : Promise.resolve();
    await predictor.invalidate({ input: 'a' });
    expect(events).toContainEqual(expect.objectContaining({ type: 'tier-error', operation: 'delete' }));
  });

  it('settles with the predictor, whatever its tiers do', async () => {
    const { predictor, slow } = makeWorld();
    slow.turn = (operation) => (operation === 'delete' ? new Promise(() => {}) : Promise.resolve());
    const invalidating = failure(predictor.invalidate({ input: 'a' }));
    const clearing = failure(predictor.clear());
    void predictor.dispose();
    expect(await invalidating).toMatchObject({ code: 'DISPOSED' });
    expect(await clearing).toMatchObject({ code: 'DISPOSED' });
  });

  const bad = [undefined, null, 'a', {}, { tags: 'x' }, { tags: [1] }, { inputs: 'abc' }, { olderThan: -1 }];
  it.each([...bad, { olderThan: Number.NaN }, { where: true }, { model: 5 }, { everything: 1 }])(
    'of %j is refused',
    async (what) => {
      const { predictor } = makeWorld();
      await predictor.predict('a');
      expect(await failure(predictor.invalidate(what as never))).toMatchObject({ code: 'OPTIONS_INVALID' });
      expect(predictor.peek('a')).toBeDefined();
    },
  );

  it('of an input that has no key fails as predict does', async () => {
    const { predictor } = makeWorld();
    const error = await failure(predictor.invalidate({ input: undefined as never }));
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
  });
});
