import { isPredcacheError } from '../errors/predcacheError.js';
import type { JsonValue } from '../payload.js';
import type { MaybePromise, Tier, TierEvent } from '../tiers/tier.js';
import { bitsOf, sampleEntry, sampleKey, tensorsOfEveryType } from './sampleEntries.js';
import type { TestRunner } from './testRunner.js';

export interface TierConformanceOptions {
  /** A new, empty tier, within these bounds: sizes in bytes, absent for the tier's own defaults. */
  readonly create: (bounds: {
    readonly maxSize?: number;
    readonly maxEntries?: number;
  }) => MaybePromise<Tier>;
  /** `{ describe, it, expect }` of the runner in use. */
  readonly test: TestRunner;
  /** For the suite's title. */
  readonly name: string;
}

/**
 * What every tier must do, ours or a user's.
 *
 * @example
 * import { describe, expect, it } from 'vitest';
 * tierConformance({ name: 'my tier', create: (bounds) => myTier(bounds), test: { describe, expect, it } });
 */
export function tierConformance({
  create,
  test: { describe, it, expect },
  name,
}: TierConformanceOptions): void {
  const entry = sampleEntry;
  const size = entry(1).size;

  describe(`${name} conforms to the tier contract`, () => {
    it('answers an unknown key with undefined', async () => {
      const tier = await create({});
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await tier.getMany([])).toEqual([]);
      await tier.close();
    });

    it('gives back what was stored, in the order of the keys', async () => {
      const tier = await create({});
      expect(await tier.setMany([entry(1), entry(2)])).toBe(2);
      const keys = [sampleKey(2), sampleKey(3), sampleKey(1), sampleKey(2)];
      expect(await tier.getMany(keys)).toEqual([entry(2), undefined, entry(1), entry(2)]);
      await tier.close();
    });

    it('keeps every bit of every tensor type', async () => {
      const tier = await create({});
      await tier.setMany([
        entry(1, { outputs: tensorsOfEveryType, tags: ['a', 'b'], computedBy: 'in_cloud' }),
      ]);
      const [found] = await tier.getMany([sampleKey(1)]);
      expect(bitsOf(found?.outputs)).toBe(bitsOf(tensorsOfEveryType));
      expect(found?.tags).toEqual(['a', 'b']);
      expect(found?.computedBy).toBe('in_cloud');
      await tier.close();
    });

    it('keeps JSON values', async () => {
      const tier = await create({});
      const values: JsonValue[] = [null, false, '', 0, [], {}, { a: [1, { b: null }], é: '𝄞' }];
      await tier.setMany(values.map((outputs, index) => entry(index, { outputs, size })));
      const found = await tier.getMany(values.map((_, index) => sampleKey(index)));
      expect(found.map((each) => each?.outputs)).toEqual(values);
      await tier.close();
    });

    it('replaces an entry of the same key, and counts it once', async () => {
      const tier = await create({});
      await tier.setMany([entry(1)]);
      await tier.setMany([entry(1, { cost: 99, size: size + 10 })]);
      expect((await tier.getMany([sampleKey(1)]))[0]?.cost).toBe(99);
      const usage = await tier.usage();
      expect([usage.entries, usage.bytes]).toEqual([1, size + 10]);
      await tier.close();
    });

    it('deletes by key, by model and everything, and counts what it removed', async () => {
      const tier = await create({});
      const other = 'b'.repeat(64);
      await tier.setMany([
        entry(1),
        entry(2),
        entry(3, { model: other }),
        entry(4, { model: other }),
        entry(5),
      ]);
      expect(await tier.delete({ keys: [sampleKey(1), sampleKey(9)] })).toBe(1);
      expect(await tier.delete({ model: other })).toBe(2);
      const left = await tier.getMany([1, 2, 3, 4, 5].map(sampleKey));
      expect(left.map((each) => each?.key)).toEqual([
        undefined,
        sampleKey(2),
        undefined,
        undefined,
        sampleKey(5),
      ]);
      expect(await tier.delete({ all: true })).toBe(2);
      const usage = await tier.usage();
      expect([usage.entries, usage.bytes]).toEqual([0, 0]);
      await tier.close();
    });

    it('covers with a delete the writes that were called before it, settled or not', async () => {
      const tier = await create({});
      const writing = [tier.setMany([entry(1)]), tier.setMany([entry(2)])];
      const deleting = tier.delete({ all: true });
      const later = tier.setMany([entry(3)]);
      await Promise.all([...writing, deleting, later]);
      const found = await tier.getMany([1, 2, 3].map(sampleKey));
      expect(found.map((each) => each?.key)).toEqual([undefined, undefined, sampleKey(3)]);
      await tier.close();
    });

    it('holds its bounds, in bytes and in entries, and says what it evicted', async () => {
      for (const bounds of [{ maxSize: 5 * size }, { maxEntries: 5 }]) {
        const tier = await create(bounds);
        const events: TierEvent[] = [];
        tier.subscribe((event) => events.push(event));
        for (let number = 0; number < 12; number++) {
          await tier.setMany([entry(number)]);
          const usage = await tier.usage();
          expect(usage.bytes).toBeLessThanOrEqual(5 * size);
          expect(usage.entries).toBeLessThanOrEqual(5);
          expect(usage.bytes).toBe(usage.entries * size);
        }
        const evicted = events.filter((event) => event.type === 'evicted');
        const usage = await tier.usage();
        expect(evicted.length).toBe(12 - usage.entries);
        expect((await tier.getMany([sampleKey(11)]))[0]?.key).toBe(sampleKey(11));
        await tier.close();
      }
    });

    it('refuses an entry larger than itself, says so, and keeps the others', async () => {
      const tier = await create({ maxSize: 3 * size });
      const refused: string[] = [];
      tier.subscribe((event) => event.type === 'refused' && refused.push(event.key));
      await tier.setMany([entry(1)]);
      expect(await tier.setMany([entry(2, { size: 3 * size + 1 })])).toBe(0);
      expect(refused).toEqual([sampleKey(2)]);
      const found = await tier.getMany([sampleKey(1), sampleKey(2)]);
      expect(found.map((each) => each?.key)).toEqual([sampleKey(1), undefined]);
      await tier.close();
    });

    it('stays right under many calls at once', async () => {
      const tier = await create({});
      const numbers = Array.from({ length: 200 }, (_, index) => index);
      await Promise.all(numbers.map((number) => tier.setMany([entry(number)])));
      const found = await Promise.all(
        numbers.map(async (number) => (await tier.getMany([sampleKey(number)]))[0]),
      );
      expect(found.map((each) => each?.key)).toEqual(numbers.map(sampleKey));
      const usage = await tier.usage();
      expect([usage.entries, usage.bytes]).toEqual([200, 200 * size]);
      await tier.close();
    });

    it('no longer speaks to a listener that has left', async () => {
      const tier = await create({ maxEntries: 1 });
      let heard = 0;
      tier.subscribe(() => heard++)();
      await tier.setMany([entry(1)]);
      await tier.setMany([entry(2)]);
      expect(heard).toBe(0);
      await tier.close();
    });

    it('answers with misses once closed, and never throws', async () => {
      const tier = await create({});
      await tier.setMany([entry(1)]);
      await tier.close();
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await tier.setMany([entry(2)])).toBe(0);
      expect(await tier.delete({ all: true })).toBe(0);
      expect(typeof (await tier.usage()).entries).toBe('number');
      await tier.close();
    });

    it('reports its failures as typed errors only', async () => {
      const tier = await create({});
      const errors: unknown[] = [];
      tier.subscribe((event) => event.type === 'tier-error' && errors.push(event.error));
      await tier.setMany([entry(1)]);
      await tier.getMany([sampleKey(1)]);
      await tier.close();
      expect(errors.every(isPredcacheError)).toBe(true);
    });
  });
}
