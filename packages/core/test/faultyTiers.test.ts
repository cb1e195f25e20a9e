import { createPredictor, fromFunction, memory, type PredictorEvent, type Tier } from '@predcache/core';
import { sampleEntry } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';

const model = { name: 'm', version: '1' };

/** A tier in which everything goes wrong, at once or later. */
function faultyTier(fail: () => never | Promise<never>): Tier {
  return {
    name: 'indexeddb',
    subscribe: () => () => {},
    getMany: fail,
    setMany: fail,
    delete: fail,
    usage: fail,
    close: async () => {},
  };
}

const throws = () => {
  throw new Error('broken');
};

describe('a failing tier', () => {
  for (const [name, fail] of [
    ['throws', throws],
    ['rejects', async () => throws()],
  ] as const) {
    it(`that ${name} never fails a prediction, and is reported`, async () => {
      const predictor = createPredictor<string, string>({
        model,
        tiers: [memory(), faultyTier(fail)],
        onDevice: fromFunction((text: string) => text),
      });
      const events: PredictorEvent[] = [];
      predictor.subscribe((event) => events.push(event));
      expect((await predictor.predict('a')).output).toBe('a');
      expect((await predictor.predict('a')).source).toBe('memory');
      await predictor.clear();
      expect((await predictor.predict('a')).source).toBe('on_device');
      await predictor.dispose();
      const failed = events.filter((event) => event.type === 'tier-error').map(({ operation }) => operation);
      expect(failed).toEqual(['get', 'set', 'delete', 'get', 'set']);
      expect(predictor.stats().tierErrors).toBe(5);
    });
  }

  it('that gives the entry of another input or model is not believed', async () => {
    const tier: Tier = {
      ...faultyTier(async () => throws()),
      getMany: async () => [sampleEntry(1)],
      setMany: async () => 1,
    };
    const predictor = createPredictor<string, string>({
      model,
      tiers: [tier],
      onDevice: fromFunction((text: string) => text),
    });
    expect(await predictor.predict('a')).toMatchObject({ output: 'a', source: 'on_device' });
    expect(predictor.stats().tierErrors).toBe(1);
  });
});

describe('a slower tier', () => {
  it('is asked after memory, and what it knows is promoted', async () => {
    const slow = memory();
    const behind: Tier = {
      name: 'indexeddb',
      subscribe: () => () => {},
      getMany: async (keys) => slow.getMany(keys),
      setMany: async (entries) => slow.setMany(entries),
      delete: async (selector) => slow.delete(selector),
      usage: async () => slow.usage(),
      close: async () => slow.close(),
    };
    const make = () =>
      createPredictor<string, string>({
        model,
        tiers: [memory(), behind],
        onDevice: fromFunction((text: string) => text),
      });
    const before = make();
    const { key } = await before.predict('a');
    const reloaded = make();
    expect(await reloaded.predict('a')).toMatchObject({ output: 'a', source: 'indexeddb', key });
    expect(await reloaded.predict('a')).toMatchObject({ source: 'memory' });
    expect(reloaded.stats()).toMatchObject({
      hitsByTier: { indexeddb: 1, memory: 1, shared: 0 },
      misses: 0,
      hitRatio: 1,
    });
  });
});
