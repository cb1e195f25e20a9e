import 'fake-indexeddb/auto';
import type { Entry } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IndexedDBOptions, indexedDB } from '../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName, stored } from './support/database.js';

const models = ['a'.repeat(64), 'b'.repeat(64)];

type Operation =
  | { readonly kind: 'set'; readonly writes: readonly { key: number; model: number; size: number }[] }
  | { readonly kind: 'get'; readonly keys: readonly number[] }
  | { readonly kind: 'deleteKeys'; readonly keys: readonly number[] }
  | { readonly kind: 'deleteModel'; readonly model: number }
  | { readonly kind: 'deleteAll' | 'reopen' | 'settle' };

const key = fc.integer({ min: 0, max: 11 });
const model = fc.integer({ min: 0, max: 1 });
const write = fc.record({ key, model, size: fc.integer({ min: 1, max: 130 }) });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      writes: fc.array(write, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('get' as const), keys: fc.array(key, { maxLength: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('deleteKeys' as const),
      keys: fc.uniqueArray(key, { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteModel' as const), model }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('deleteAll' as const, 'reopen' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
);

let versions = 0;
/** No two entries are alike, so that one taken for another shows. */
const toEntry = ({ key, model, size }: { key: number; model: number; size: number }): Entry =>
  sampleEntry(key, { model: models[model]!, size, cost: ++versions });

const matching = (operation: Operation) => (entry: Entry) => {
  if (operation.kind === 'deleteKeys') return operation.keys.map(sampleKey).includes(entry.key);
  return (
    operation.kind === 'deleteAll' ||
    (operation.kind === 'deleteModel' && entry.model === models[operation.model])
  );
};

const toSelector = (operation: Operation) => {
  if (operation.kind === 'deleteKeys') return { keys: operation.keys.map(sampleKey) };
  return operation.kind === 'deleteModel' ? { model: models[operation.model]! } : { all: true as const };
};

describe('against a naive model', () => {
  it('without bounds, answers as if calls happened one after the other, awaited or not', async () => {
    const run = async (operations: readonly Operation[]) => {
      const name = newName();
      let tier = indexedDB({ name });
      /** What each key held, after every change to it. */
      const histories = new Map<string, { at: number; entry: Entry | undefined }[]>();
      const contents = new Map<string, Entry>();
      let time = 0;
      const change = (key: string, entry: Entry | undefined) => {
        if (entry === undefined) contents.delete(key);
        else contents.set(key, entry);
        histories.set(key, [...(histories.get(key) ?? []), { at: ++time, entry }]);
      };
      const checks: Promise<void>[] = [];
      for (const operation of operations) {
        if (operation.kind === 'settle') await Promise.all(checks);
        else if (operation.kind === 'reopen') {
          await tier.close();
          tier = indexedDB({ name });
        } else if (operation.kind === 'set') {
          const entries = operation.writes.map(toEntry);
          for (const entry of entries) change(entry.key, entry);
          checks.push(tier.setMany(entries).then((count) => expect(count).toBe(entries.length)));
        } else if (operation.kind === 'get') {
          const called = time;
          const keys = operation.keys.map(sampleKey);
          const look = async () => {
            const found = await tier.getMany(keys);
            for (const [index, key] of keys.entries()) {
              const history = histories.get(key) ?? [];
              const held = history.findLast(({ at }) => at <= called)?.entry;
              const allowed = [held, ...history.filter(({ at }) => at > called).map(({ entry }) => entry)];
              expect(allowed).toContainEqual(found[index]);
            }
          };
          checks.push(look());
        } else {
          const removed = [...contents.values()].filter(matching(operation));
          for (const { key } of removed) change(key, undefined);
          checks.push(tier.delete(toSelector(operation)).then((count) => expect(count).toBe(removed.length)));
        }
      }
      await Promise.all(checks);
      await tier.close();
      const { entries } = await stored(name);
      expect(entries.map(({ cost }) => cost)).toEqual(
        [...contents.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ cost }) => cost),
      );
      await expectAccountsToBeRight(name);
    };
    await fc.assert(fc.asyncProperty(fc.array(operation, { maxLength: 40 }), run), { numRuns: 100 });
  }, 60_000);

  it('within bounds, holds what was written less what it said it evicted or refused', async () => {
    const bounds: fc.Arbitrary<IndexedDBOptions> = fc.record({
      maxSize: fc.integer({ min: 100, max: 900 }),
      maxEntries: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    });
    const run = async (operations: readonly Operation[], options: IndexedDBOptions) => {
      const name = newName();
      let tier = indexedDB({ ...options, name });
      let events = eventsOf(tier);
      const contents = new Map<string, number>();
      for (const operation of operations) {
        if (operation.kind === 'settle') continue;
        const before = events.all.length;
        if (operation.kind === 'reopen') {
          await tier.close();
          tier = indexedDB({ ...options, name });
          events = eventsOf(tier);
        } else if (operation.kind === 'set') {
          const entries = operation.writes.map(toEntry);
          await Promise.all(entries.map((entry) => tier.setMany([entry])));
          const refused = new Set(entries.filter(({ size }) => size > options.maxSize!));
          for (const entry of entries) contents.set(entry.key, entry.cost);
          // One of these may have been followed by a good one of its key.
          for (const { key } of refused) {
            const last = entries.findLast((entry) => entry.key === key)!;
            if (refused.has(last)) contents.delete(key);
          }
        } else if (operation.kind === 'get') {
          for (const [index, found] of (await tier.getMany(operation.keys.map(sampleKey))).entries()) {
            expect(found?.cost).toBe(contents.get(sampleKey(operation.keys[index]!)));
          }
        } else {
          const removed = (await stored(name)).entries.filter(matching(operation));
          expect(await tier.delete(toSelector(operation))).toBe(removed.length);
          for (const { key } of removed) contents.delete(key);
        }
        const { entries } = await stored(name);
        const usage = await tier.usage();
        const held = new Map(entries.map(({ key, cost }) => [key, cost]));
        const evicted = events.all.slice(before).filter((event) => event.type === 'evicted');
        // Evicted in one moment, a key may have been written again in the same.
        for (const { key } of evicted) if (!held.has(key)) contents.delete(key);
        expect(held).toEqual(new Map([...contents].sort(([a], [b]) => (a < b ? -1 : 1))));
        expect(usage.entries).toBeLessThanOrEqual(options.maxEntries ?? Number.POSITIVE_INFINITY);
        expect(usage.bytes).toBeLessThanOrEqual(options.maxSize!);
        expect([usage.entries, usage.bytes]).toEqual([
          entries.length,
          entries.reduce((sum, { size }) => sum + size, 0),
        ]);
        await expectAccountsToBeRight(name);
      }
      expect(events.errors()).toEqual([]);
      await tier.close();
    };
    await fc.assert(fc.asyncProperty(fc.array(operation, { maxLength: 25 }), bounds, run), { numRuns: 60 });
  }, 60_000);
});
