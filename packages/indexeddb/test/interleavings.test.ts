import 'fake-indexeddb/auto';
import { type Selector, selects } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName, stored } from './support/database.js';

const models = ['a'.repeat(64), 'b'.repeat(64)];
const tab = fc.nat(2);
const numbers = fc.array(fc.nat(19), { minLength: 1, maxLength: 6 });

const tags = fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 });

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      tab,
      numbers,
      model: fc.nat(1),
      size: fc.integer({ min: 1, max: 90 }),
      tags,
      mark: fc.option(fc.nat(3), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('get' as const, 'touch' as const), tab, numbers }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deleteKeys' as const), tab, numbers }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteModel' as const), tab, model: fc.nat(1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('deleteTags' as const), tab, model: fc.nat(1), tags }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deleteOlder' as const),
      tab,
      model: fc.nat(1),
      bound: fc.nat(20),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mark' as const), tab }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('clear' as const, 'reopen' as const), tab }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pause' as const), turns: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

let versions = 0;

describe('three tiers on one database, their steps interleaved at random', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** @param isDeaf no tab hears from another, so that each finds out by the journal alone */
  const run = async (steps: readonly Step[], isDeaf: boolean) => {
    const name = newName();
    const open = () => indexedDB({ name, maxEntries: 12, maxSize: 700 });
    const tiers: IndexedDBTier[] = [open(), open(), open()];
    const reports = tiers.map((tier) => eventsOf(tier));
    if (isDeaf) vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(() => {});
    /** Every version of an entry that was ever written, by its cost. */
    const written = new Map<number, string>();
    /** Deletions in the order of their calls, in whatever tab. */
    const deletions: Selector[] = [];
    /** Marks by tab, each with how many deletions had been called. They outlive a tab that is opened anew. */
    const marks: { readonly mark: number; readonly after: number }[][] = [[], [], []];
    /** How many deletions had been called when an entry began to be computed, by its cost. */
    const began = new Map<number, number>();
    const remove = (tier: IndexedDBTier, selector: Selector) => {
      deletions.push(selector);
      return 'all' in selector ? tier.clear() : tier.delete(selector);
    };
    let pending: Promise<unknown>[] = [];
    const agree = async () => {
      await Promise.all(pending);
      pending = [];
      const { entries, rows } = await stored(name);
      const bytes = entries.reduce((sum, { size }) => sum + Math.ceil(size), 0);
      expect(rows).toBeLessThanOrEqual(12);
      // Nothing that was deleted after it began to be computed, by whoever.
      for (const entry of entries) {
        const later = deletions.slice(began.get(entry.cost) ?? deletions.length);
        expect(later.filter((selector) => selects(selector, entry))).toEqual([]);
      }
      expect(bytes).toBeLessThanOrEqual(700);
      for (const tier of tiers) {
        const usage = await tier.usage();
        expect([usage.entries, usage.bytes]).toEqual([rows, bytes]);
        const all = Array.from({ length: 20 }, (_, number) => sampleKey(number));
        const found = (await tier.getMany(all)).filter((entry) => entry !== undefined);
        expect(found.map(({ key, cost }) => [key, cost])).toEqual(
          entries.map(({ key, cost }) => [key, cost]),
        );
        // What answers at once must be what is stored, or not answer.
        for (const { key, cost } of entries) expect([undefined, cost]).toContain(tier.peek(key)?.cost);
        for (const key of all)
          if (!entries.some((entry) => entry.key === key)) expect(tier.peek(key)).toBeUndefined();
      }
    };
    for (const each of steps) {
      if (each.kind === 'pause') for (let turn = 0; turn < each.turns; turn++) await Promise.resolve();
      else if (each.kind === 'settle') await agree();
      else {
        const tier = tiers[each.tab]!;
        if (each.kind === 'mark') marks[each.tab]!.push({ mark: tier.mark(), after: deletions.length });
        else if (each.kind === 'set') {
          const taken = each.mark === undefined ? undefined : marks[each.tab]!.at(-1 - each.mark);
          const entries = each.numbers.map((number) => {
            const entry = sampleEntry(number, {
              model: models[each.model]!,
              size: each.size,
              tags: each.tags,
              cost: ++versions,
            });
            written.set(entry.cost, entry.key);
            if (taken !== undefined) began.set(entry.cost, taken.after);
            return entry;
          });
          pending.push(tier.setMany(entries, { since: taken?.mark }));
        } else if (each.kind === 'get') {
          const keys = each.numbers.map(sampleKey);
          const look = tier.getMany(keys).then((found) => {
            for (const [index, entry] of found.entries())
              if (entry !== undefined) expect(written.get(entry.cost)).toBe(keys[index]);
          });
          pending.push(look);
        } else if (each.kind === 'touch') tier.touch?.(each.numbers.map(sampleKey));
        else if (each.kind === 'deleteKeys')
          pending.push(remove(tier, { keys: each.numbers.map(sampleKey) }));
        else if (each.kind === 'deleteModel') pending.push(remove(tier, { model: models[each.model]! }));
        else if (each.kind === 'deleteTags')
          pending.push(remove(tier, { model: models[each.model]!, tags: each.tags }));
        else if (each.kind === 'deleteOlder') {
          const { createdAt } = sampleEntry(each.bound);
          pending.push(remove(tier, { model: models[each.model]!, createdBefore: createdAt }));
        } else if (each.kind === 'clear') pending.push(remove(tier, { all: true }));
        else {
          pending.push(tier.close());
          tiers[each.tab] = open();
          reports.push(eventsOf(tiers[each.tab]!));
        }
      }
    }
    await agree();
    await Promise.all(tiers.map((tier) => tier.close()));
    vi.restoreAllMocks();
    await expectAccountsToBeRight(name);
    for (const events of reports) expect([events.errors(), events.of('storage-lost')]).toEqual([[], []]);
  };

  it.each([
    ['hearing from one another', false],
    ['deaf to one another', true],
  ])(
    'agree with the database and with one another: %s',
    async (_, isDeaf) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) => run(steps, isDeaf)),
        { numRuns: 80 },
      );
    },
    60_000,
  );
});
