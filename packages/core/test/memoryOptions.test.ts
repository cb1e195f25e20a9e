import { lfu, lru, memory, random } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';

const numbers = [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, '1', null, {}, [], true, 1n];
const policyLike = { ...Object.fromEntries(['reserve', 'inserted'].map((name) => [name, () => {}])) };

const wrong: Readonly<Record<string, readonly unknown[]>> = {
  maxSize: [...numbers, 0.5],
  maxEntrySize: [...numbers, 0.5],
  maxEntries: [...numbers, 0.5, 1.5, 1e9 + 0.5],
  ttl: numbers,
  maxShare: [
    ...numbers.filter((value) => typeof value !== 'object' || value === null),
    1.01,
    50,
    Number.POSITIVE_INFINITY,
  ],
  policy: ['lru', 1, null, {}, policyLike],
};

describe('memory refuses options that make no sense', () => {
  it.each(
    Object.entries(wrong).flatMap(([option, values]) => values.map((value) => [option, value] as const)),
  )('%s: %s', (option, value) => {
    expect(() => memory({ [option]: value })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', where: `memory({ ${option} })` }),
    );
  });

  it.each([0, 1.5, -1, Number.NaN, '0.5', undefined])('a share of %s by model', (share) => {
    expect(() => memory({ maxShare: { m: 0.5, n: share as never } })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', where: 'memory({ maxShare })' }),
    );
  });

  it('takes those that do', () => {
    const unbounded = Number.POSITIVE_INFINITY;
    for (const options of [
      {},
      { maxSize: 1, maxEntries: 1, maxEntrySize: 1, ttl: 0.1, maxShare: 1e-9 },
      { maxSize: unbounded, maxEntries: unbounded, maxEntrySize: unbounded, ttl: unbounded, maxShare: 1 },
      { maxSize: undefined, maxEntries: undefined, ttl: undefined, policy: undefined, maxShare: undefined },
      { maxSize: 99.5, maxEntries: 1e9, maxShare: {} },
    ]) {
      const tier = memory(options);
      tier.setMany([sampleEntry(1)]);
      expect(tier.usage().entries).toBeLessThanOrEqual(1);
    }
  });
});

describe('a policy', () => {
  const inUse = expect.objectContaining({ code: 'OPTIONS_INVALID', where: 'memory({ policy })' });

  it('serves one tier at a time', () => {
    const [policy, next] = [lru(), lru()];
    const tier = memory({ policy });
    const other = memory();
    expect(() => memory({ policy })).toThrow(inUse);
    expect(() => other.setPolicy(policy)).toThrow(inUse);
    tier.setPolicy(next);
    other.setPolicy(policy);
    expect(() => tier.setPolicy(policy)).toThrow(inUse);
    other.close();
    tier.setPolicy(policy);
  });

  it('stays with its tier when one that had it before is closed again', () => {
    const policy = lru();
    const first = memory({ policy });
    first.close();
    memory({ policy });
    first.close();
    expect(() => memory({ policy })).toThrow(inUse);
  });

  it('is not taken by a tier that refuses its options', () => {
    const policy = lru();
    expect(() => memory({ policy, maxSize: 0 })).toThrow();
    memory({ policy });
  });

  it('is checked when it is changed', () => {
    for (const policy of wrong.policy!)
      expect(() => memory().setPolicy(policy as never)).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      );
  });

  it.each(['x', 0, 1, null, {}])('lfu with aging %s is refused', (aging) => {
    expect(() => lfu({ aging: aging as never })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', where: 'lfu({ aging })' }),
    );
  });

  it.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY, '1', null, 2 ** 60])(
    'random with seed %s is refused',
    (seed) => {
      expect(() => random({ seed: seed as never })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID', where: 'random({ seed })' }),
      );
    },
  );

  it('takes the seeds 0, negative and large', () => {
    for (const seed of [0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER])
      memory({ maxEntries: 1, policy: random({ seed }) });
  });
});
