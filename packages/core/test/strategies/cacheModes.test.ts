import { type CacheMode, createPredictor, fromFunction, memory } from '@predcache/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../support/failure.js';
import { slowTier } from '../support/slowTier.js';

const model = { name: 'm', version: '1' };

/** A predictor of what the world says, with answers that are fresh for a second. */
function make() {
  const world = { says: 'old', runs: 0 };
  const predictor = createPredictor<string, string>({
    model,
    ttl: 1000,
    tiers: [memory(), slowTier()],
    onDevice: fromFunction(() => {
      world.runs++;
      return world.says;
    }),
  });
  return { world, predictor };
}

describe('cache modes', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const expected: readonly [
    mode: CacheMode,
    stored: 'fresh' | 'stale' | 'absent',
    answer: string,
    then: string | undefined,
  ][] = [
    ['default', 'fresh', 'old', 'old'],
    ['default', 'stale', 'new', 'new'],
    ['default', 'absent', 'new', 'new'],
    ['no-store', 'fresh', 'new', 'old'],
    ['no-store', 'stale', 'new', undefined],
    ['no-store', 'absent', 'new', undefined],
    ['reload', 'fresh', 'new', 'new'],
    ['reload', 'stale', 'new', 'new'],
    ['reload', 'absent', 'new', 'new'],
    ['no-cache', 'fresh', 'new', 'new'],
    ['no-cache', 'absent', 'new', 'new'],
    ['force-cache', 'fresh', 'old', 'old'],
    ['force-cache', 'stale', 'old', undefined],
    ['force-cache', 'absent', 'new', 'new'],
    ['only-if-cached', 'fresh', 'old', 'old'],
    ['only-if-cached', 'stale', 'old', undefined],
  ];

  it.each(expected)(
    '%s, what is stored being %s: %s; peek then gives %s',
    async (cache, stored, answer, then) => {
      const { world, predictor } = make();
      if (stored !== 'absent') await predictor.predict('a', { waitForTiers: true });
      if (stored === 'stale') vi.setSystemTime(Date.now() + 1500);
      world.says = 'new';
      const prediction = await predictor.predict('a', { cache });
      expect(prediction.output).toBe(answer);
      expect(prediction.isStale).toBe(stored === 'stale' && answer === 'old');
      expect(predictor.peek('a')?.output).toBe(then);
      await predictor.dispose();
    },
  );

  it('only-if-cached never computes', async () => {
    const { world, predictor } = make();
    expect(await failure(predictor.predict('a', { cache: 'only-if-cached' }))).toMatchObject({
      code: 'NOT_CACHED',
    });
    expect(world.runs).toBe(0);
  });

  it('no-cache says whether what was stored is equal', async () => {
    const { world, predictor } = make();
    expect(await predictor.predict('a', { cache: 'no-cache' })).not.toHaveProperty('agrees');
    expect((await predictor.predict('a', { cache: 'no-cache' })).agrees).toBe(true);
    world.says = 'new';
    expect((await predictor.predict('a', { cache: 'no-cache' })).agrees).toBe(false);
  });

  it('requests of modes that may be answered differently do not share an answer', async () => {
    const { world, predictor } = make();
    await predictor.predict('a', { waitForTiers: true });
    world.says = 'new';
    const [reloaded, stored] = await Promise.all([
      predictor.predict('a', { cache: 'reload' }),
      predictor.predict('a'),
    ]);
    expect([reloaded.output, stored.output]).toEqual(['new', 'old']);
  });

  it.each([
    ['cache', { cache: 'always' }],
    ['ttl', { ttl: -1 }],
    ['ttl', { ttl: Number.NaN }],
    ['staleWhileRevalidate', { staleWhileRevalidate: '1' }],
    ['tags', { tags: 'user' }],
    ['tags', { tags: [1] }],
    ['write', { write: 'sometimes' }],
  ])('a bad %s is refused: %o', async (option, options) => {
    const { predictor } = make();
    expect(await failure(predictor.predict('a', options as never))).toMatchObject({
      code: 'OPTIONS_INVALID',
      where: `option ${option}`,
    });
    expect(() => createPredictor({ model, onDevice: fromFunction(() => 1), ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });
});
