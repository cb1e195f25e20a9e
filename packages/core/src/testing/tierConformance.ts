import { isPredcacheError } from '../errors/predcacheError.js';
import type { JsonValue } from '../payload.js';
import { type EntryFacts, type Selector, selects } from '../tiers/selector.js';
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

    it('keeps what an entry says of its freshness, and takes one renewed in its place', async () => {
      const tier = await create({});
      const freshness = { ttl: 60_000, staleWhileRevalidate: 0, staleIfError: 1e9, etag: 'W/"é"' };
      await tier.setMany([entry(1, { freshness }), entry(2)]);
      expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([entry(1, { freshness }), entry(2)]);
      const renewed = entry(1, { createdAt: entry(1).createdAt + 1000, freshness: { etag: 'b' } });
      await tier.setMany([renewed]);
      expect(await tier.getMany([sampleKey(1)])).toEqual([renewed]);
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

    /** What is left of some entries, by number. */
    const leftOf = async (tier: Tier, numbers: readonly number[]) => {
      const found = await tier.getMany(numbers.map(sampleKey));
      return numbers.filter((_, index) => found[index] !== undefined);
    };
    const { model } = entry(1);
    const other = 'b'.repeat(64);

    it('deletes by tags, any of them, and of that model only', async () => {
      const tier = await create({});
      await tier.setMany([
        entry(1, { tags: ['a'] }),
        entry(2, { tags: ['b', 'a', 'a'] }),
        entry(3, { tags: ['b'] }),
        entry(4, { tags: ['ä'] }),
        entry(5),
        entry(6, { model: other, tags: ['a'] }),
      ]);
      expect(await tier.delete({ model, tags: ['a', 'ä', 'c'] })).toBe(3);
      expect(await leftOf(tier, [1, 2, 3, 4, 5, 6])).toEqual([3, 5, 6]);
      expect(await tier.delete({ model, tags: ['a'] })).toBe(0);
      expect(await tier.delete({ model, tags: [] })).toBe(0);
      // The tags it has now count, not those it had.
      await tier.setMany([entry(3, { tags: ['c'] })]);
      expect(await tier.delete({ model, tags: ['b'] })).toBe(0);
      expect(await tier.delete({ model, tags: ['c'] })).toBe(1);
      expect(await leftOf(tier, [1, 2, 3, 4, 5, 6])).toEqual([5, 6]);
      await tier.close();
    });

    it('deletes what was computed before a time, of that model only', async () => {
      const tier = await create({});
      const { createdAt } = entry(2);
      await tier.setMany([entry(1), entry(2), entry(3), entry(4, { model: other, createdAt: 1 })]);
      expect(await tier.delete({ model, createdBefore: createdAt })).toBe(1);
      expect(await leftOf(tier, [1, 2, 3, 4])).toEqual([2, 3, 4]);
      expect(await tier.delete({ model, createdBefore: Number.NaN })).toBe(0);
      expect(await tier.delete({ model, createdBefore: Number.POSITIVE_INFINITY })).toBe(2);
      expect(await leftOf(tier, [1, 2, 3, 4])).toEqual([4]);
      await tier.close();
    });

    it('deletes what a function says yes to, or fails on, of that model only', async () => {
      const tier = await create({});
      const errors: unknown[] = [];
      tier.subscribe((event) => event.type === 'tier-error' && errors.push([event.operation, event.error]));
      await tier.setMany([
        entry(1, { cost: 90, tags: ['a'] }),
        entry(2, { cost: 10 }),
        entry(3, { cost: 95, computedBy: 'app', backend: 'app' }),
        entry(4, { cost: 99, model: other }),
      ]);
      const seen: string[] = [];
      const isMeant = ({ key, cost, computedBy }: EntryFacts) => {
        if (!seen.includes(key)) seen.push(key);
        return cost > 50 && computedBy !== 'app';
      };
      expect(await tier.delete({ model, where: isMeant })).toBe(1);
      expect(seen.sort()).toEqual([1, 2, 3].map(sampleKey));
      expect(await leftOf(tier, [1, 2, 3, 4])).toEqual([2, 3, 4]);
      const failing = ({ cost }: EntryFacts) => {
        if (cost < 50) throw new TypeError('no');
        return false;
      };
      expect(errors).toEqual([]);
      await tier.setMany([entry(5, { cost: 1 })]);
      expect(await tier.delete({ model, where: failing })).toBe(2);
      expect(await leftOf(tier, [1, 2, 3, 4, 5])).toEqual([3, 4]);
      expect(errors.map((each) => (each as [string, unknown])[0])).toEqual(['delete']);
      expect(errors.every((each) => isPredcacheError((each as [string, unknown])[1]))).toBe(true);
      await tier.close();
    });

    it('says at once what it was told to delete, once, whether there was any of it or not', async () => {
      const tier = await create({ maxEntries: 2 });
      const heard: Selector[] = [];
      tier.subscribe((event) => event.type === 'invalidated' && heard.push(event.selector));
      // What goes for want of room is no invalidation.
      for (let number = 0; number < 5; number++) await tier.setMany([entry(number)]);
      expect(heard).toEqual([]);
      const selectors: Selector[] = [
        { keys: [sampleKey(4), sampleKey(9)] },
        { model, tags: ['a'] },
        { model, createdBefore: 1 },
        { model, where: () => false },
        { model: other },
        { all: true },
      ];
      for (const [index, selector] of selectors.entries()) {
        const deleting = tier.delete(selector);
        expect(heard.length).toBe(index + 1);
        expect(heard[index]).toBe(selector);
        await deleting;
      }
      await tier.close();
      expect(heard.length).toBe(selectors.length);
    });

    it('keeps that the app gave an entry', async () => {
      const tier = await create({});
      await tier.setMany([entry(1, { computedBy: 'app', backend: 'app' })]);
      const [found] = await tier.getMany([sampleKey(1)]);
      expect([found?.computedBy, found?.backend]).toEqual(['app', 'app']);
      await tier.close();
    });

    it('where it gives marks: stores nothing that a deletion since then covers, and all else', async () => {
      const tier = await create({});
      if (tier.mark !== undefined) {
        const marks = [tier.mark()];
        const deletions: Selector[] = [
          { model, tags: ['a'] },
          { keys: [sampleKey(2)] },
          { model, createdBefore: entry(3).createdAt + 1 },
          { model, where: ({ cost }) => cost === 77 },
        ];
        const covered = [
          entry(101, { tags: ['a'] }),
          entry(2, { createdAt: 2e12 }),
          entry(3),
          entry(104, { cost: 77 }),
        ];
        const untouched = [
          entry(11, { createdAt: 2e12 }),
          entry(12, { model: other, tags: ['a'], cost: 77, createdAt: 1 }),
        ];
        for (const selector of deletions) {
          // Whether it has settled or not.
          if (marks.length % 2 === 0) void tier.delete(selector);
          else await tier.delete(selector);
          marks.push(tier.mark());
        }
        for (const each of covered) {
          for (const [called, since] of marks.entries()) {
            const isCovered = deletions.slice(called).some((selector) => selects(selector, each));
            expect(await tier.setMany([each], { since })).toBe(isCovered ? 0 : 1);
            expect((await tier.getMany([each.key]))[0]?.key).toBe(isCovered ? undefined : each.key);
          }
          // Nor does what is stored go when an older one is refused.
          expect(await tier.setMany([each], { since: marks[0] })).toBe(0);
          expect((await tier.getMany([each.key]))[0]?.key).toBe(each.key);
        }
        for (const since of marks) expect(await tier.setMany(untouched, { since })).toBe(2);
        expect(await tier.setMany([...covered, ...untouched], { since: marks[0] })).toBe(2);
        await tier.delete({ all: true });
        expect(await tier.setMany([...covered, ...untouched], { since: marks.at(-1) })).toBe(0);
        expect(await tier.setMany(untouched, { since: tier.mark() })).toBe(2);
      }
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
