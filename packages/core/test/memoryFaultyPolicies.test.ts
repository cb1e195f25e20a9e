import { type EvictionPolicy, lru, memory, type TierEvent } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { MostRecentlyUsed } from './support/policies.js';

const entry = (number: number, model = 'a'.repeat(64)) => sampleEntry(number, { model, size: 10 });

function fails(): never {
  throw new Error('broken');
}

/** A policy that is right but for one method; what is fresh is faulty as well. */
function faulty(changes: Partial<EvictionPolicy>): EvictionPolicy {
  return Object.assign(new MostRecentlyUsed(), { fresh: () => faulty(changes) }, changes);
}

const faults: [fault: string, changes: Partial<EvictionPolicy>][] = [
  ...(['reserve', 'inserted', 'used', 'replaced', 'removed', 'victim'] as const).map(
    (method): [string, Partial<EvictionPolicy>] => [`throws in ${method}`, { [method]: fails }],
  ),
  ...[-1, 1e6, 0.5, Number.NaN, undefined, null, 'x'].map((slot): [string, Partial<EvictionPolicy>] => [
    `names ${slot}`,
    { victim: () => slot as never },
  ]),
  [
    'throws what is no error',
    {
      victim: () => {
        throw undefined;
      },
    },
  ],
];

/** Uses whatever a tier can do, and sees to its bounds. */
function exercise(tier: ReturnType<typeof memory>, models = ['a'.repeat(64)]): void {
  for (let step = 0; step < 400; step++) {
    const number = (step * 7) % 37;
    const model = models[step % models.length]!;
    tier.setMany([entry(number, model)]);
    tier.getMany([sampleKey(step % 11), sampleKey(number)], model);
    if (step % 5 === 0) tier.delete({ keys: [sampleKey(step % 37)] });
    const { entries, bytes } = tier.usage();
    expect(entries).toBeLessThanOrEqual(12);
    expect(bytes).toBe(entries * 10);
  }
}

describe('memory with a faulty policy', () => {
  it.each(faults)('goes on with lru when it %s, and says so once', (_, changes) => {
    const tier = memory({ maxEntries: 12, policy: faulty(changes) });
    const errors: TierEvent[] = [];
    tier.subscribe((event) => event.type === 'tier-error' && errors.push(event));
    exercise(tier);
    expect(errors).toMatchObject([
      {
        tier: 'memory',
        operation: 'evict',
        error: { code: 'POLICY_FAILED', where: 'eviction policy "mru"' },
      },
    ]);
    expect(tier.stats().policy).toBe('lru');
  });

  it.each(faults)('holds the shares of its models when it %s', (_, changes) => {
    const models = ['a', 'b'].map((digit) => digit.repeat(64));
    const tier = memory({ maxSize: 120, maxShare: 0.5, policy: faulty(changes) });
    exercise(tier, models);
    const bytes = models.map((model) => tier.stats().models[model]!.bytes);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(60);
  });

  it('evicts in the order of lru from then on', () => {
    const tier = memory({ maxEntries: 3, policy: faulty({ victim: fails }) });
    const evicted: string[] = [];
    tier.subscribe((event) => event.type === 'evicted' && evicted.push(event.key));
    tier.setMany([1, 2, 3, 4].map((number) => entry(number)));
    tier.peek(sampleKey(2));
    tier.setMany([entry(5), entry(6)]);
    expect(evicted).toEqual([1, 3, 4].map(sampleKey));
  });

  it('takes a good policy in its place, and one that fails as soon as it takes over', () => {
    const tier = memory({ maxEntries: 12, policy: faulty({ victim: fails }) });
    tier.setMany([1, 2, 3].map((number) => entry(number)));
    tier.setPolicy(new MostRecentlyUsed());
    expect(tier.stats()).toMatchObject({ policy: 'mru', entries: 3 });
    tier.setPolicy(faulty({ inserted: fails }));
    expect(tier.stats()).toMatchObject({ policy: 'lru', entries: 3 });
    exercise(tier);
    tier.setPolicy(lru());
    exercise(tier);
  });

  it.each([
    ['throws', fails],
    ['gives nothing', () => undefined as never],
    ['gives no policy', () => ({}) as never],
  ])('does without a fresh one for each model when fresh %s', (_, fresh) => {
    const models = ['a', 'b'].map((digit) => digit.repeat(64));
    const tier = memory({ maxSize: 120, maxShare: 0.5, policy: faulty({ fresh }) });
    const errors: TierEvent[] = [];
    tier.subscribe((event) => event.type === 'tier-error' && errors.push(event));
    exercise(tier, models);
    expect(errors).toMatchObject(models.map(() => ({ error: { code: 'POLICY_FAILED' } })));
    tier.setPolicy(faulty({ fresh }));
    exercise(tier, models);
    expect(tier.stats().models[models[0]!]!.bytes).toBeLessThanOrEqual(60);
  });
});
