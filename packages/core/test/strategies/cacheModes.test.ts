import type { CacheMode } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { makeWorld } from '../support/world.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const ttl = 1000;
const ages = { fresh: 500, stale: 5000, absent: undefined } as const;
type Stored = keyof typeof ages;
type Expected = {
  source: string;
  /** What state of the world is stored afterwards; none for nothing. */
  kept: number | undefined;
  isStale?: boolean;
  agrees?: boolean;
};

/** The stored answer is of state 0, computing gives one of state 1. */
const table: readonly [CacheMode, Stored, Expected][] = [
  ['default', 'fresh', { source: 'memory', kept: 0 }],
  ['default', 'stale', { source: 'on_device', kept: 1 }],
  ['default', 'absent', { source: 'on_device', kept: 1 }],
  ['no-store', 'fresh', { source: 'on_device', kept: 0 }],
  ['no-store', 'stale', { source: 'on_device', kept: 0 }],
  ['no-store', 'absent', { source: 'on_device', kept: undefined }],
  ['reload', 'fresh', { source: 'on_device', kept: 1 }],
  ['reload', 'stale', { source: 'on_device', kept: 1 }],
  ['reload', 'absent', { source: 'on_device', kept: 1 }],
  ['no-cache', 'fresh', { source: 'on_device', kept: 1, agrees: false }],
  ['no-cache', 'stale', { source: 'on_device', kept: 1, agrees: false }],
  ['no-cache', 'absent', { source: 'on_device', kept: 1 }],
  ['force-cache', 'fresh', { source: 'memory', kept: 0 }],
  ['force-cache', 'stale', { source: 'memory', kept: 0, isStale: true }],
  ['force-cache', 'absent', { source: 'on_device', kept: 1 }],
  ['only-if-cached', 'fresh', { source: 'memory', kept: 0 }],
  ['only-if-cached', 'stale', { source: 'memory', kept: 0, isStale: true }],
];

describe.each(['memory', 'the slower tier alone'])('with what is stored in %s', (place) => {
  const prepared = async (stored: Stored) => {
    const made = makeWorld({ ttl });
    const age = ages[stored];
    if (age !== undefined) {
      await made.predictor.predict('a', { waitForTiers: true });
      vi.setSystemTime(Date.now() + age);
      if (place !== 'memory') made.fast.delete({ all: true });
    }
    made.world.state = 1;
    made.world.runs = 0;
    return { ...made, age };
  };

  it.each(table)('cache %s answers what is %s', async (cache, stored, expected) => {
    const { predictor, world, slow, fast, age } = await prepared(stored);
    const isStoredOne = expected.source === 'memory';
    const answer = await predictor.predict('a', { cache, waitForTiers: true });
    expect(answer).toMatchObject({
      output: `a v1 s${isStoredOne ? 0 : 1}`,
      source: isStoredOne && place !== 'memory' ? 'indexeddb' : expected.source,
      isStale: expected.isStale ?? false,
      age: isStoredOne ? age : 0,
    });
    expect('agrees' in answer ? answer.agrees : undefined).toBe(expected.agrees);
    expect(world.runs).toBe(isStoredOne ? 0 : 1);
    const kept = expected.kept === undefined ? [] : [`a v1 s${expected.kept}`];
    expect(slow.outputs).toEqual(kept);
    const { key } = answer;
    const isInMemory = fast.peek(key)?.outputs;
    // `no-store` leaves memory as it was; everything else fills it.
    if (cache !== 'no-store') expect([isInMemory]).toEqual(kept);
    else expect(isInMemory).toBe(place === 'memory' ? kept[0] : undefined);
    await predictor.dispose();
  });

  it('no-cache says so when the stored one agrees', async () => {
    const { predictor, world } = await prepared('fresh');
    world.state = 0;
    expect(await predictor.predict('a', { cache: 'no-cache' })).toMatchObject({ agrees: true });
  });
});

describe('only-if-cached', () => {
  it('rejects with NOT_CACHED where nothing is stored, and computes nothing', async () => {
    const { predictor, world } = makeWorld();
    const error = await failure(predictor.predict('a', { cache: 'only-if-cached' }));
    expect(error).toMatchObject({
      code: 'NOT_CACHED',
      details: { key: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(world.runs).toBe(0);
    expect(predictor.stats()).toMatchObject({ requests: 1, failures: 1 });
  });

  it.each(['always', 'auto', 'never'] as const)(
    'finds what is stored with tierSkipping %s',
    async (tierSkipping) => {
      const { predictor, fast } = makeWorld({ tierSkipping });
      const inputs = Array.from({ length: 40 }, (_, number) => `input ${number}`);
      for (const input of inputs) await predictor.predict(input, { waitForTiers: true });
      fast.delete({ all: true });
      for (const input of inputs)
        expect((await predictor.predict(input, { cache: 'only-if-cached' })).source).toBe('indexeddb');
    },
  );
});

describe('requests of different modes at the same time', () => {
  it('do not share an answer', async () => {
    const { predictor, world } = makeWorld();
    const modes = ['default', 'no-store', 'reload', 'no-cache'] as const;
    await Promise.all(modes.map((cache) => predictor.predict('a', { cache })));
    expect(world.runs).toBe(4);
    expect(predictor.stats()).toMatchObject({ requests: 4, misses: 4, collapsed: 0 });
  });
});
