import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { makeWorld } from '../support/world.js';

afterEach(() => void vi.useRealTimers());

const large = 'x'.repeat(20_000);

describe('cache-aside', () => {
  it('gets what is stored in whatever tier, and computes nothing', async () => {
    const { predictor, fast, slow, world } = makeWorld();
    expect(await predictor.cache.get('a')).toBeUndefined();
    expect(await predictor.cache.has('a')).toBe(false);
    await predictor.cache.set('a', 'A', { tags: ['t'] });
    expect(fast.usage().entries + slow.entries.size).toBe(2);
    expect(await predictor.cache.get('a')).toMatchObject({ output: 'A', source: 'memory', backend: 'app' });
    fast.delete({ all: true });
    expect(await predictor.cache.has('a')).toBe(true);
    expect(await predictor.cache.get('a')).toMatchObject({ output: 'A', source: 'indexeddb' });
    expect((await predictor.cache.getMany(['b', 'a'])).map((each) => each?.output)).toEqual([undefined, 'A']);
    expect(await predictor.predict('a')).toMatchObject({ output: 'A' });
    await predictor.invalidate({ tags: ['t'] });
    expect(await predictor.cache.has('a')).toBe(false);
    expect(world.runs).toBe(0);
  });

  it('deletes in every tier, and keeps out what is being computed', async () => {
    const { predictor, slow } = makeWorld();
    await predictor.cache.set('a', 'A');
    await predictor.cache.delete('a');
    expect(slow.entries.size).toBe(0);
    const asked = predictor.predict('a');
    await predictor.cache.delete('a');
    await asked;
    expect(await predictor.cache.has('a')).toBe(false);
  });

  it('heeds freshness', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const { predictor } = makeWorld({ ttl: 10, staleWhileRevalidate: 10 });
    await predictor.cache.set('a', 'A');
    vi.setSystemTime(1015);
    expect(await predictor.cache.get('a')).toMatchObject({ isStale: true, age: 15 });
    vi.setSystemTime(1020);
    expect(await predictor.cache.get('a')).toBeUndefined();
    expect(await predictor.cache.has('a')).toBe(false);
  });

  it('does not store what was invalidated while its key was made', async () => {
    const { predictor, slow } = makeWorld();
    const setting = predictor.cache.set(large, 'old');
    const clearing = predictor.clear();
    await Promise.all([setting, clearing]);
    expect(slow.entries.size).toBe(0);
    expect(await predictor.cache.has(large)).toBe(false);
  });

  it('stores although something else was invalidated while its key was made', async () => {
    const { predictor } = makeWorld();
    const setting = predictor.cache.set(large, 'mine');
    await predictor.invalidate({ tags: ['another'] });
    await setting;
    expect(await predictor.cache.has(large)).toBe(true);
  });

  it('passes by no tier, whatever it costs', async () => {
    const { predictor, fast } = makeWorld({ tierSkipping: 'always' });
    const inputs = Array.from({ length: 40 }, (_, number) => `input ${number}`);
    for (const input of inputs) await predictor.cache.set(input, 'A');
    fast.delete({ all: true });
    for (const input of inputs) expect(await predictor.cache.has(input)).toBe(true);
  });

  it('refuses bad outputs, inputs and tags, and a predictor that is disposed of', async () => {
    const { predictor, slow } = makeWorld();
    expect(await failure(predictor.cache.set('a', (() => 5) as never))).toMatchObject({
      code: 'OUTPUT_INVALID',
    });
    expect(await failure(predictor.cache.set('a', 'A', { tags: 'x' as never }))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
    expect(await failure(predictor.cache.get(undefined as never))).toMatchObject({ code: 'INPUT_INVALID' });
    slow.turn = () => new Promise(() => {});
    const hanging = [predictor.cache.get('a'), predictor.cache.has('a'), predictor.cache.getMany(['a'])];
    const failures = Promise.all(hanging.map(failure));
    void predictor.dispose();
    for (const error of await failures) expect(error).toMatchObject({ code: 'DISPOSED' });
    expect(await failure(predictor.cache.get('a'))).toMatchObject({ code: 'DISPOSED' });
  });
});
