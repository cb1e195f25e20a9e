import { nextTask } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { type IndexedDBOptions, indexedDB } from '../../src/index.js';
import { partitionId } from '../../src/rowCodec.js';
import { hotSetName } from '../../src/schema.js';
import { eventsOf, newName, putRaw, withDatabase } from '../support/database.js';
import { newKey } from '../support/encryption.js';

const entries = (...numbers: number[]) => numbers.map((number) => sampleEntry(number));
const { size } = sampleEntry(1);

async function fill(options: IndexedDBOptions, ...numbers: number[]): Promise<void> {
  const tier = indexedDB(options);
  await tier.setMany(entries(...numbers));
  await tier.close();
}

/** Which of 0 … 9 answer at once. */
async function peeked(options: IndexedDBOptions): Promise<number[]> {
  const tier = indexedDB(options);
  await tier.ready();
  const found = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((number) => tier.peek(sampleKey(number)) !== undefined);
  await tier.close();
  return found;
}

const packOf = (name: string, partition = ''): Promise<Uint8Array | undefined> =>
  withDatabase(name, (database) => database.get('state', hotSetName(partition)));

export function hotSetSuite(): void {
  describe('hot set', () => {
    it.each<[string, () => Promise<IndexedDBOptions>]>([
      ['as it is', async () => ({})],
      ['of a partition', async () => ({ partition: 'ada' })],
      ['encrypted', async () => ({ encrypt: { key: await newKey() } })],
      ['encrypted, of a partition', async () => ({ partition: 'ada', encrypt: { key: await newKey() } })],
    ])('answers at once what was there at the last closing: %s', async (_, optionsOf) => {
      const options = { name: newName(), ...(await optionsOf()) };
      await fill(options, 1, 2);
      const tier = indexedDB(options);
      const events = eventsOf(tier);
      await tier.ready();
      expect([1, 2, 3].map((number) => tier.peek(sampleKey(number)))).toEqual([...entries(1, 2), undefined]);
      expect(await tier.getMany([sampleKey(1)])).toEqual(entries(1));
      await tier.close();
      expect(tier.peek(sampleKey(1))).toBeUndefined();
      expect(events.errors()).toEqual([]);
    });

    it('hotSet: 0 has none, neither to save nor to read', async () => {
      const name = newName();
      await fill({ name, hotSet: 0 }, 1);
      expect(await packOf(name)).toBeUndefined();
      await fill({ name }, 2);
      expect(await peeked({ name, hotSet: 0 })).toEqual([]);
      expect(await peeked({ name })).toEqual([1, 2]);
    });

    it('has the rows that were used last, and no more bytes of them than it may', async () => {
      const options = { name: newName(), hotSet: 3 * size };
      const tier = indexedDB(options);
      await tier.setMany(entries(1, 2, 3, 4, 5, 6));
      // By a look-up, by a faster tier's word, and by being written again.
      await tier.getMany([sampleKey(2)]);
      tier.touch?.([sampleKey(3), sampleKey(77)]);
      await tier.setMany(entries(1));
      await tier.close();
      expect(await peeked(options)).toEqual([1, 2, 3]);
      expect(await peeked({ ...options, hotSet: 2 * size + size / 2 })).toEqual([1, 2, 3]);

      const next = indexedDB(options);
      await next.ready();
      await next.getMany([sampleKey(6)]);
      next.peek(sampleKey(2));
      next.peek(sampleKey(3));
      await next.close();
      expect(await peeked(options)).toEqual([2, 3, 6]);
    });

    it('an entry that is too large for it does not keep the others out', async () => {
      const options = { name: newName(), hotSet: 3 * size };
      const tier = indexedDB(options);
      await tier.setMany([...entries(1, 2), sampleEntry(3, { size: 4 * size })]);
      await tier.close();
      expect(await peeked(options)).toEqual([1, 2]);
    });

    it('answers within a session, too, once it has been saved again', async () => {
      const name = newName();
      await fill({ name, hotSet: 0 }, 1, 2);
      const tier = indexedDB({ name });
      await tier.ready();
      expect(tier.peek(sampleKey(1))).toBeUndefined();
      await tier.getMany([sampleKey(1)]);
      await expect.poll(() => tier.peek(sampleKey(1)), { timeout: 5_000 }).toEqual(sampleEntry(1));
      await tier.delete({ keys: [sampleKey(1)] });
      expect(tier.peek(sampleKey(1))).toBeUndefined();
      await tier.close();
    }, 15_000);

    it('is not saved again when it would be the same', async () => {
      const name = newName();
      await fill({ name }, 1, 2);
      const before = await packOf(name);
      const marked = before!.slice();
      // The three free bytes of the header: nobody reads them.
      marked[1] = 7;
      await putRaw(name, 'state', hotSetName(''), marked);
      expect(await peeked({ name })).toEqual([1, 2]);
      expect(await packOf(name)).toEqual(marked);
      await fill({ name }, 3);
      expect((await packOf(name))![1]).toBe(0);
    });

    describe('what has changed since it was saved does not come back', () => {
      const other = 'b'.repeat(64);

      it.each<[string, (name: string) => Promise<unknown>, number[]]>([
        [
          'written over',
          (name) => later(name, (tier) => tier.setMany([sampleEntry(1, { cost: 99 })])),
          [1, 2, 3],
        ],
        ['by keys', (name) => later(name, (tier) => tier.delete({ keys: [sampleKey(1)] })), [2, 3]],
        ['by model', (name) => later(name, (tier) => tier.delete({ model: other })), [1, 2]],
        ['everything', (name) => later(name, (tier) => tier.delete({ all: true })), []],
        ['cleared', (name) => later(name, (tier) => tier.clear()), []],
      ])('%s, by a later session without a hot set', async (_, change, left) => {
        const name = newName();
        const first = indexedDB({ name });
        await first.setMany([...entries(1, 2), sampleEntry(3, { model: other })]);
        await first.close();
        await change(name);
        const tier = indexedDB({ name });
        await tier.ready();
        const known = [1, 2, 3].filter((number) => tier.peek(sampleKey(number)) !== undefined);
        expect(known.filter((number) => !left.includes(number))).toEqual([]);
        const found = await tier.getMany([1, 2, 3].map(sampleKey));
        expect([1, 2, 3].filter((_, index) => found[index] !== undefined)).toEqual(left);
        // Never the entry as it was before.
        expect([undefined, found[0]]).toContainEqual(tier.peek(sampleKey(1)));
        await tier.close();
      });

      it('by this tier, at once', async () => {
        const name = newName();
        await fill({ name }, 1, 2, 3, 4);
        const tier = indexedDB({ name });
        await tier.ready();
        const changing = [tier.delete({ keys: [sampleKey(1)] }), tier.setMany([sampleEntry(2, { cost: 9 })])];
        const peek = () => [1, 2, 3].map((number) => tier.peek(sampleKey(number))?.cost);
        expect(peek()).toEqual([undefined, 9, 12.5]);
        await Promise.all(changing);
        expect([undefined, 9]).toContain(peek()[1]);
        expect(peek()[0]).toBeUndefined();
        const clearing = tier.clear();
        expect(peek()).toEqual([undefined, undefined, undefined]);
        await clearing;
        expect(peek()).toEqual([undefined, undefined, undefined]);
        await tier.close();
      });

      it('by another tier, as soon as that is known', async () => {
        const name = newName();
        await fill({ name }, 1, 2, 3);
        const [tier, other] = [indexedDB({ name }), indexedDB({ name })];
        await Promise.all([tier.ready(), other.ready()]);
        expect(tier.peek(sampleKey(1))).toEqual(sampleEntry(1));
        await other.delete({ keys: [sampleKey(1)] });
        await other.setMany([sampleEntry(2, { cost: 9 })]);
        await tier.usage();
        expect([1, 2, 3].map((number) => tier.peek(sampleKey(number))?.cost)).toEqual([
          undefined,
          undefined,
          12.5,
        ]);
        await Promise.all([tier.close(), other.close()]);
      });

      it('by another tier, while this one opens', async () => {
        for (let round = 0; round < 30; round++) {
          const name = newName();
          await fill({ name }, 1, 2, 3);
          const other = indexedDB({ name });
          await other.ready();
          const tier = indexedDB({ name });
          const opening = tier.ready();
          // At another moment of the opening each time.
          for (let turn = 0; turn < round; turn++) await nextTask();
          const deleting = other.delete({ keys: [sampleKey(1)] });
          await Promise.all([opening, deleting]);
          await expect.poll(() => tier.peek(sampleKey(1))).toBeUndefined();
          // It may also have come too late for the hot set, which goes with the row.
          expect([undefined, sampleEntry(2)]).toContainEqual(tier.peek(sampleKey(2)));
          await Promise.all([tier.close(), other.close()]);
        }
      }, 30_000);

      it('a partition, cleared by a tier of another one: nothing is left of it on the disk either', async () => {
        const name = newName();
        const mine = { name, partition: 'ada' };
        await fill(mine, 1, 2);
        expect(await packOf(name, partitionId('ada'))).toBeDefined();
        await later(name, (tier) => tier.clear({ partition: 'ada' }));
        expect(await packOf(name, partitionId('ada'))).toBeUndefined();
        expect(await peeked(mine)).toEqual([]);
      });

      it('after the journal was made anew, by compaction or from the rows', async () => {
        const name = newName();
        await fill({ name }, 1);
        await later(name, async (tier) => {
          await tier.setMany(Array.from({ length: 3_000 }, (_, index) => sampleEntry(index + 10)));
          await tier.delete({ model: sampleEntry(0).model });
        });
        expect(await peeked({ name })).toEqual([]);
        await fill({ name }, 1, 2);
        await withDatabase(name, async (database) => {
          await database.clear('journal');
          await database.clear('rows');
        });
        expect(await peeked({ name })).toEqual([]);
      }, 60_000);
    });

    it.each<[string, (pack: Uint8Array) => unknown]>([
      ['a text', () => 'hot'],
      ['an object', () => ({ rows: [] })],
      ['nothing', () => new Uint8Array(0)],
      ['its header alone', (pack) => pack.slice(0, 16)],
      ['half of it', (pack) => pack.slice(0, pack.length / 2)],
      ['a quarter of it', (pack) => pack.slice(0, pack.length / 4)],
      ['an older format', (pack) => pack.map((byte, at) => (at === 0 ? 0 : byte))],
      ['a newer format', (pack) => pack.map((byte, at) => (at === 0 ? byte + 1 : byte))],
      ['garbage', (pack) => pack.map((byte, at) => (at < 16 ? byte : (byte * 7 + at) & 255))],
      ['zeros', (pack) => pack.fill(0)],
      ['out of step with the journal', (pack) => pack.map((byte, at) => (at === 8 ? byte ^ 1 : byte))],
    ])('%s in its place: never a wrong entry, and the rows are found all the same', async (_, damage) => {
      const name = newName();
      await fill({ name }, 1, 2, 3, 4);
      await putRaw(name, 'state', hotSetName(''), damage((await packOf(name))!.slice()));
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.ready();
      for (const number of [1, 2, 3, 4])
        expect([undefined, sampleEntry(number)]).toContainEqual(tier.peek(sampleKey(number)));
      expect(await tier.getMany([1, 2, 3, 4].map(sampleKey))).toEqual(entries(1, 2, 3, 4));
      await tier.close();
      expect(events.errors()).toEqual([]);
      expect(await peeked({ name })).toEqual([1, 2, 3, 4]);
    });

    it('any bit of it turned over: never a wrong entry', async () => {
      const name = newName();
      await fill({ name }, 1, 2);
      const pack = (await packOf(name))!;
      for (let at = 0; at < pack.length; at += 13) {
        const damaged = pack.slice();
        damaged[at]! ^= 1 << (at % 8);
        await putRaw(name, 'state', hotSetName(''), damaged);
        const tier = indexedDB({ name });
        await tier.ready();
        for (const number of [1, 2])
          expect([undefined, sampleEntry(number)]).toContainEqual(tier.peek(sampleKey(number)));
        expect(await tier.getMany([1, 2].map(sampleKey))).toEqual(entries(1, 2));
        await tier.close();
      }
    }, 30_000);
  });
}

async function later(name: string, change: (tier: ReturnType<typeof indexedDB>) => Promise<unknown>) {
  // For thousands of rows, where others use the machine as well.
  const tier = indexedDB({ name, hotSet: 0, timeout: 60_000 });
  await change(tier);
  await tier.close();
}
