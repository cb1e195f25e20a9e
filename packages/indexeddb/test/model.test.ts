import 'fake-indexeddb/auto';
import { type Entry, type Selector, selects } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IndexedDBOptions, indexedDB } from '../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName, stored } from './support/database.js';

const models = ['a'.repeat(64), 'b'.repeat(64)];

interface Write {
  readonly key: number;
  readonly model: number;
  readonly size: number;
  readonly tags: readonly string[];
}

type Operation =
  | { readonly kind: 'set'; readonly writes: readonly Write[]; readonly mark: number | undefined }
  | { readonly kind: 'get'; readonly keys: readonly number[] }
  | { readonly kind: 'deleteKeys'; readonly keys: readonly number[] }
  | { readonly kind: 'deleteModel'; readonly model: number }
  | { readonly kind: 'deleteTags'; readonly model: number; readonly tags: readonly string[] }
  | { readonly kind: 'deleteOlder' | 'deleteWhere'; readonly model: number; readonly bound: number }
  | { readonly kind: 'deleteAll' | 'reopen' | 'settle' | 'mark' };

const key = fc.integer({ min: 0, max: 11 });
const model = fc.integer({ min: 0, max: 1 });
const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'é'), { maxLength: 2 });
const write = fc.record({ key, model, size: fc.integer({ min: 1, max: 130 }), tags });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      writes: fc.array(write, { minLength: 1, maxLength: 5 }),
      mark: fc.option(fc.nat(5), { nil: undefined }),
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteTags' as const), model, tags }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('deleteOlder' as const, 'deleteWhere' as const),
      model,
      bound: fc.nat(12),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mark' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('deleteAll' as const, 'reopen' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
);

let versions = 0;
/** No two entries are alike, so that one taken for another shows. */
const toEntry = ({ key, model, size, tags }: Write): Entry =>
  sampleEntry(key, { model: models[model]!, size, tags, cost: ++versions });

const toSelector = (operation: Operation): Selector => {
  if (operation.kind === 'deleteKeys') return { keys: operation.keys.map(sampleKey) };
  if (!('model' in operation)) return { all: true };
  const model = models[operation.model]!;
  if (operation.kind === 'deleteTags') return { model, tags: operation.tags };
  if (operation.kind === 'deleteModel') return { model };
  const createdBefore = sampleEntry(operation.bound).createdAt;
  return operation.kind === 'deleteOlder'
    ? { model, createdBefore }
    : { model, where: ({ createdAt, tags }) => createdAt > createdBefore && tags.includes('a') };
};

/** What was deleted, and where between the deletions marks were taken. */
class Deletions {
  readonly #called: Selector[] = [];
  #marks: { readonly mark: number; readonly after: number }[] = [];

  called(selector: Selector): void {
    this.#called.push(selector);
  }

  marked(mark: number): void {
    this.#marks.push({ mark, after: this.#called.length });
  }

  /** Marks are of a tier: those of another one are not all that exact. */
  reopened(): void {
    this.#marks = [];
  }

  /** A mark, and what must not be stored with it. */
  since(place: number | undefined): {
    readonly since: number | undefined;
    readonly covers: (entry: Entry) => boolean;
  } {
    const taken = place === undefined ? undefined : this.#marks.at(-1 - place);
    if (taken === undefined) return { since: undefined, covers: () => false };
    const later = this.#called.slice(taken.after);
    return { since: taken.mark, covers: (entry) => later.some((selector) => selects(selector, entry)) };
  }
}

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
      const deletions = new Deletions();
      for (const operation of operations) {
        if (operation.kind === 'settle') await Promise.all(checks);
        else if (operation.kind === 'reopen') {
          await tier.close();
          tier = indexedDB({ name });
          // Until then, marks tell the time, and what was deleted just before may count as deleted after.
          await tier.ready();
          deletions.reopened();
        } else if (operation.kind === 'mark') deletions.marked(tier.mark());
        else if (operation.kind === 'set') {
          const { since, covers } = deletions.since(operation.mark);
          const entries = operation.writes.map(toEntry);
          const stored = entries.filter((entry) => !covers(entry));
          for (const entry of stored) change(entry.key, entry);
          checks.push(tier.setMany(entries, { since }).then((count) => expect(count).toBe(stored.length)));
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
          const selector = toSelector(operation);
          const removed = [...contents.values()].filter((entry) => selects(selector, entry));
          for (const { key } of removed) change(key, undefined);
          deletions.called(selector);
          checks.push(tier.delete(selector).then((count) => expect(count).toBe(removed.length)));
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
      const deletions = new Deletions();
      for (const operation of operations) {
        if (operation.kind === 'settle') continue;
        const before = events.all.length;
        if (operation.kind === 'reopen') {
          await tier.close();
          tier = indexedDB({ ...options, name });
          events = eventsOf(tier);
          await tier.ready();
          deletions.reopened();
        } else if (operation.kind === 'mark') deletions.marked(tier.mark());
        else if (operation.kind === 'set') {
          const { since, covers } = deletions.since(operation.mark);
          const all = operation.writes.map(toEntry);
          await Promise.all(all.map((entry) => tier.setMany([entry], { since })));
          const entries = all.filter((entry) => !covers(entry));
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
          const selector = toSelector(operation);
          const removed = (await stored(name)).entries.filter((entry) => selects(selector, entry));
          deletions.called(selector);
          expect(await tier.delete(selector)).toBe(removed.length);
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
