import type { Selector } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBOptions, type IndexedDBTier, indexedDB } from '../../src/index.js';
import {
  eventsOf,
  everyByte,
  expectAccountsToBeRight,
  holds,
  newName,
  stored,
  withDatabase,
} from '../support/database.js';
import { newKey } from '../support/encryption.js';

const { model } = sampleEntry(1);
const otherModel = 'b'.repeat(64);
const tagged = (number: number, ...tags: string[]) => sampleEntry(number, { tags });

/** No tab hears from another, as if it were frozen: it finds out by the journal alone. */
const deafen = () => vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(() => {});

/** Two tiers that know the same. */
async function twoTabs(options: IndexedDBOptions) {
  const [one, other] = [indexedDB(options), indexedDB(options)];
  await one.setMany([sampleEntry(900)]);
  await Promise.all([one.usage(), other.usage()]);
  return [one, other] as const;
}

const closeAll = (tiers: readonly IndexedDBTier[]) => Promise.all(tiers.map((tier) => tier.close()));
const selectorsHeard = (events: ReturnType<typeof eventsOf>) =>
  events.of('invalidated').map(({ selector }) => selector);

export function invalidationSuite(): void {
  describe('invalidation', () => {
    afterEach(() => void vi.restoreAllMocks());

    const selectors: readonly (readonly [string, Selector])[] = [
      ['tags', { model, tags: ['a', 'none'] }],
      ['keys', { keys: [sampleKey(1), 'no digest'] }],
      ['age', { model, createdBefore: sampleEntry(1).createdAt + 1 }],
      ['model', { model }],
      ['everything', { all: true }],
    ];
    const settings = [
      ['in clear', async () => ({})],
      ['in a partition', async () => ({ partition: 'ada' })],
      ['encrypted', async () => ({ encrypt: { key: await newKey() } })],
    ] as const;
    const cases = selectors.flatMap(([what, selector]) =>
      settings.map(([how, options]) => [what, how, selector, options] as const),
    );

    it.each(cases)(
      'by %s, %s: another tab does not store what it began before, whoever commits first, and hears of it',
      async (_what, _how, selector, options) => {
        const given = { name: newName(), ...(await options()) };
        const [computing, deleting] = await twoTabs(given);
        const events = eventsOf(computing);
        deafen();
        const late = computing.mark();
        await deleting.delete(selector);
        // The other one cannot know of it yet.
        expect(events.of('invalidated')).toEqual([]);
        const untouched = sampleEntry(2, { model: otherModel, tags: ['a'] });
        const isAll = 'all' in selector;
        expect(await computing.setMany([tagged(1, 'a'), untouched], { since: late })).toBe(isAll ? 0 : 1);
        await expect.poll(() => selectorsHeard(events)).toEqual([selector]);
        expect(await computing.getMany([sampleKey(1)])).toEqual([undefined]);

        // The other order: stored first, then deleted.
        const early = computing.mark();
        expect(await computing.setMany([tagged(1, 'a')], { since: early })).toBe(1);
        expect(await deleting.delete(selector)).toBe(1);
        expect(await deleting.getMany([sampleKey(1)])).toEqual([undefined]);
        // And what began after it is stored.
        await computing.usage();
        expect(await computing.setMany([tagged(1, 'a')], { since: computing.mark() })).toBe(1);
        expect(events.errors()).toEqual([]);
        await closeAll([computing, deleting]);
      },
    );

    it('each of those written together has its own mark', async () => {
      const [one, other] = await twoTabs({ name: newName() });
      const before = one.mark();
      await other.delete({ model, tags: ['a'] });
      await one.usage();
      const after = one.mark();
      deafen();
      const counts = await Promise.all([
        one.setMany([tagged(1, 'a'), tagged(2, 'b')], { since: before }),
        one.setMany([tagged(3, 'a')], { since: after }),
        one.setMany([tagged(4, 'a')]),
        one.setMany([tagged(5)], { since: before }),
      ]);
      expect(counts).toEqual([1, 1, 1, 1]);
      expect((await other.usage()).entries).toBe(5);
      await closeAll([one, other]);
    });

    it('a function that chose elsewhere is told as the keys that it chose', async () => {
      const [one, other] = await twoTabs({ name: newName(), partition: 'ada' });
      await one.setMany([sampleEntry(1, { cost: 50 }), sampleEntry(2, { cost: 60 })]);
      const events = eventsOf(other);
      const since = other.mark();
      const where = ({ cost }: { readonly cost: number }) => cost > 40;
      expect(await one.delete({ model, where })).toBe(2);
      await expect.poll(() => events.of('invalidated').length).toBe(1);
      const [heard] = selectorsHeard(events) as { keys: string[] }[];
      expect(heard?.keys.slice().sort()).toEqual([sampleKey(1), sampleKey(2)]);
      expect(await other.setMany([sampleEntry(1), sampleEntry(3)], { since })).toBe(1);
      await closeAll([one, other]);
    });

    it('is told neither for what expires, is evicted or cannot be read, nor twice, nor of other partitions', async () => {
      const name = newName();
      const [one, other] = await twoTabs({ name, maxEntries: 4 });
      const elsewhere = indexedDB({ name, partition: 'bob' });
      const reports = [eventsOf(one), eventsOf(other), eventsOf(elsewhere)];
      await elsewhere.ready();
      for (let number = 0; number < 9; number++) await one.setMany([sampleEntry(number)]);
      await withDatabase(name, async (database) => {
        for (const key of await database.getAllKeys('rows')) await database.put('rows', 'text', key);
      });
      await other.getMany([5, 6, 7, 8].map(sampleKey));
      await expect.poll(async () => (await one.usage()).entries).toBe(0);
      for (const events of reports) expect(events.of('invalidated')).toEqual([]);
      const selector = { model, tags: ['a'] };
      await one.delete(selector);
      for (const tier of [one, other, elsewhere]) await tier.usage();
      await elsewhere.clear({ partition: 'eve' });
      await expect.poll(() => selectorsHeard(reports[1]!)).toEqual([selector]);
      expect(selectorsHeard(reports[0]!)).toEqual([selector]);
      expect(selectorsHeard(reports[2]!)).toEqual([]);
      // A partition that somebody else clears does hear of it.
      await one.clear({ partition: 'bob' });
      await expect.poll(() => selectorsHeard(reports[2]!)).toEqual([{ all: true }]);
      await closeAll([one, other, elsewhere]);
    });

    describe('marks', () => {
      it('hold after the journal was made anew, and after the page was loaded anew', async () => {
        const name = newName();
        const [one, other] = await twoTabs({ name });
        const events = eventsOf(one);
        const before = one.mark();
        await other.delete({ model, tags: ['a'] });
        const after = (await one.usage()) && one.mark();
        deafen();
        // So many changes that closing makes it anew.
        for (let round = 0; round < 3; round++)
          await other.setMany(Array.from({ length: 1_500 }, (_, index) => sampleEntry(index + 10)));
        await other.close();
        expect(await withDatabase(name, (database) => database.count('journal'))).toBe(1);
        const again = indexedDB({ name });
        await again.ready();
        for (const tier of [one, again]) {
          expect(await tier.setMany([tagged(1, 'a')], { since: before })).toBe(0);
          expect(await tier.setMany([tagged(2)], { since: before })).toBe(1);
          expect(await tier.setMany([tagged(3, 'a')], { since: after })).toBe(1);
        }
        // Heard once, although it was told again.
        expect(selectorsHeard(events)).toEqual([{ model, tags: ['a'] }]);
        await closeAll([one, again]);
        await expectAccountsToBeRight(name);
      }, 60_000);

      it('are of no more use once it was made anew from the rows, and new ones are', async () => {
        const name = newName();
        const [one, other] = await twoTabs({ name });
        const events = eventsOf(one);
        const since = one.mark();
        deafen();
        await withDatabase(name, (database) => database.clear('journal'));
        await other.delete({ model, tags: ['a'] });
        expect(await one.setMany([tagged(1), tagged(2, 'a')], { since })).toBe(0);
        expect(await one.setMany([tagged(1)], { since: one.mark() })).toBe(1);
        // What was deleted meanwhile cannot be told.
        await expect.poll(() => selectorsHeard(events)).toEqual([{ all: true }]);
        await closeAll([one, other]);
      });

      it('of a database that was deleted since say nothing of the next one', async () => {
        const name = newName();
        const first = indexedDB({ name });
        await first.setMany([tagged(1)]);
        const since = first.mark();
        await first.close();
        await withDatabase(name, async (database) => {
          for (const store of database.objectStoreNames) await database.clear(store);
        });
        const next = indexedDB({ name });
        expect(await next.setMany([tagged(1)], { since })).toBe(0);
        expect(await next.setMany([tagged(1)], { since: next.mark() })).toBe(1);
        expect(await next.setMany([tagged(2)], { since })).toBe(0);
        await next.close();
      });

      it('taken while the database is being opened: what is not concerned is stored, what is is not', async () => {
        const name = newName();
        const other = indexedDB({ name });
        await other.setMany([sampleEntry(900)]);
        const opening = indexedDB({ name });
        const events = eventsOf(opening);
        const since = opening.mark();
        // Before the other knows the journal, or after: its look-ups begin with what is there now.
        await other.delete({ model, tags: ['a'] });
        await opening.ready();
        expect(await opening.setMany([tagged(1, 'a'), tagged(2, 'b')], { since })).toBe(1);
        await expect.poll(() => selectorsHeard(events)).toEqual([{ model, tags: ['a'] }]);
        await closeAll([opening, other]);
      });

      it('what was deleted long before a page was opened is stored again', async () => {
        const name = newName();
        const other = indexedDB({ name });
        await other.delete({ model, tags: ['a'] });
        await expect
          .poll(async () => {
            const tier = indexedDB({ name });
            const since = tier.mark();
            const events = eventsOf(tier);
            const count = await tier.setMany([tagged(1, 'a')], { since });
            await tier.close();
            return [count, selectorsHeard(events)];
          })
          .toEqual([1, []]);
        await other.close();
      });

      it('before the oldest of many deletions refuse everything, later ones what they must', async () => {
        const name = newName();
        const [one, other] = await twoTabs({ name });
        const marks = [one.mark()];
        for (let number = 0; number < 300; number++) {
          await other.delete({ model, tags: [`tag ${number}`] });
          await one.usage();
          marks.push(one.mark());
        }
        const mine = (index: number, entry = tagged(1, 'tag 299')) =>
          one.setMany([entry], { since: marks[index] });
        expect([await mine(0, tagged(1)), await mine(40, tagged(1)), await mine(50, tagged(1))]).toEqual([
          0, 0, 1,
        ]);
        expect([await mine(50), await mine(299), await mine(300)]).toEqual([0, 0, 1]);
        await closeAll([one, other]);
      }, 30_000);

      it('hold although the deletion could not be written', async () => {
        const tier = indexedDB({ name: newName() });
        await tier.ready();
        const since = tier.mark();
        const events = eventsOf(tier);
        const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
          throw new DOMException('', 'UnknownError');
        });
        expect(await tier.delete({ model, tags: ['a'] })).toBe(0);
        transaction.mockRestore();
        expect(events.errors().length).toBeGreaterThan(0);
        await vi.waitFor(async () => expect(await tier.setMany([tagged(2)], { since })).toBe(1), 5_000);
        expect(await tier.setMany([tagged(1, 'a')], { since })).toBe(0);
        await tier.close();
      });
    });

    it('a write that makes room with the storage full stores what began before, but what was deleted since', async () => {
      const [one, other] = await twoTabs({ name: newName() });
      for (let number = 10; number < 40; number++) await one.setMany([sampleEntry(number)]);
      const since = one.mark();
      await other.delete({ model, tags: ['a'] });
      const { put } = IDBObjectStore.prototype;
      let isFull = true;
      const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...parameters
      ) {
        if (isFull && this.name === 'rows') throw new DOMException('', 'QuotaExceededError');
        return put.apply(this, parameters);
      });
      const { delete: remove } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (
        this: IDBObjectStore,
        ...parameters
      ) {
        if (this.name === 'rows') isFull = false;
        return remove.apply(this, parameters);
      });
      expect(await one.setMany([tagged(1, 'a'), tagged(2)], { since })).toBe(1);
      spy.mockRestore();
      expect(isFull).toBe(false);
      const found = await one.getMany([1, 2].map(sampleKey));
      expect(found.map((entry) => entry?.key)).toEqual([undefined, sampleKey(2)]);
      await closeAll([one, other]);
    });

    it('with no space left, other tabs keep out whatever began before', async () => {
      const [one, other] = await twoTabs({ name: newName() });
      const mine = one.mark();
      const since = other.mark();
      const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
        throw new DOMException('', 'QuotaExceededError');
      });
      expect(await one.delete({ model, tags: ['a'] })).toBe(0);
      put.mockRestore();
      // The tab itself knows what was deleted, and tells it once there is space.
      expect(await one.setMany([tagged(1, 'a'), tagged(2)], { since: mine })).toBe(1);
      expect(await other.setMany([tagged(1, 'a')], { since })).toBe(0);
      expect(await other.setMany([tagged(1, 'a')], { since: other.mark() })).toBe(1);
      await closeAll([one, other]);
    });

    it('what was deleted with no space left is told when the journal is made anew', async () => {
      const name = newName();
      const [one, other] = await twoTabs({ name });
      const since = other.mark();
      const events = eventsOf(other);
      deafen();
      const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
        throw new DOMException('', 'QuotaExceededError');
      });
      await one.delete({ model, tags: ['a'] });
      put.mockRestore();
      // Closing makes it anew.
      await one.close();
      expect(await other.setMany([tagged(1, 'a'), tagged(2)], { since })).toBe(1);
      expect(selectorsHeard(events)).toEqual([{ model, tags: ['a'] }]);
      await other.close();
      await expectAccountsToBeRight(name);
    });

    it('rows are found by tag after the journal was made anew from them, also encrypted', async () => {
      for (const encrypt of [undefined, { key: await newKey() }]) {
        const name = newName();
        const first = indexedDB({ name, encrypt });
        await first.setMany([
          tagged(1, 'a', 'é'),
          tagged(2, 'b'),
          tagged(3),
          sampleEntry(4, { model: otherModel }),
        ]);
        await first.close();
        await withDatabase(name, (database) => database.clear('journal'));
        const tier = indexedDB({ name, encrypt });
        expect(await tier.delete({ model, tags: ['é', 'b'] })).toBe(2);
        const found = await tier.getMany([1, 2, 3, 4].map(sampleKey));
        expect(found.map((entry) => entry?.tags)).toEqual([undefined, undefined, [], []]);
        await tier.close();
      }
    });

    it('an encrypted tier tells neither tags nor keys to who has not its key', async () => {
      const [name, key] = [newName(), await newKey()];
      const tier = indexedDB({ name, encrypt: { key }, hotSet: 0 });
      const digest = 'c0ffee'.padEnd(64, '1');
      await tier.setMany([tagged(1, 'a marker of a tag')]);
      await tier.delete({ model, tags: ['a marker of a tag'] });
      await tier.delete({ keys: [digest] });
      await tier.close();
      const bytes = await everyByte(name);
      const sought = ['a marker of a tag', digest].map((text) => new TextEncoder().encode(text));
      expect(sought.map((each) => holds(bytes, each))).toEqual([false, false]);
    });

    it('nothing that deletions named is left when everything of a partition is deleted', async () => {
      const name = newName();
      const tier = indexedDB({ name, partition: 'ada', hotSet: 0 });
      await tier.setMany([tagged(1, 'a marker of a tag')]);
      await tier.delete({ model, tags: ['a marker of a tag'] });
      const marker = new TextEncoder().encode('a marker of a tag');
      expect(holds(await everyByte(name), marker)).toBe(true);
      await tier.clear();
      await tier.close();
      expect(holds(await everyByte(name), marker)).toBe(false);
    });

    it('tabs of one database and partition have one scope', async () => {
      const name = newName();
      const tiers = [
        { name },
        { name },
        { name, partition: 'ada' },
        { name, partition: 'ada' },
        { name: `${name}2` },
      ];
      const scopes = tiers.map((options) => indexedDB(options).scope);
      expect(scopes[0]).toBe(scopes[1]);
      expect(scopes[2]).toBe(scopes[3]);
      expect(new Set(scopes).size).toBe(3);
      expect(scopes.join()).not.toContain('ada');
    });

    it('a model or tag that is being deleted misses at once, and others are found', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany([
        tagged(1, 'a'),
        tagged(2, 'b'),
        sampleEntry(3, { model: otherModel, tags: ['a'] }),
      ]);
      const deleting = tier.delete({ model, tags: ['a'] });
      const found = await tier.getMany([1, 2, 3].map(sampleKey));
      expect(found.map((entry) => entry?.key)).toEqual([undefined, sampleKey(2), sampleKey(3)]);
      expect(await deleting).toBe(1);
      await tier.close();
      expect((await stored(name)).rows).toBe(2);
    });
  });
}
