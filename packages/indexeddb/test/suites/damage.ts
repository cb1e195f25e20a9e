import type { Entry } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { rowKeyOf } from '../../src/rowKey.js';
import {
  eventsOf,
  expectAccountsToBeRight,
  newName,
  putRow,
  stored,
  storedRow,
  withDatabase,
} from '../support/database.js';

type Damage = (row: Uint8Array) => unknown;

const bytes =
  (change: (copy: Uint8Array) => void): Damage =>
  (row) => {
    const copy = row.slice();
    change(copy);
    return copy;
  };

const damages: [what: string, damage: Damage][] = [
  ['a foreign object', () => ({ hello: 'world' })],
  ['a text', () => 'hello'],
  ['nothing', () => new Uint8Array(0)],
  ['the header alone', (row) => row.slice(0, 56)],
  ['half of it', (row) => row.slice(0, row.length / 2)],
  ['all but its last byte', (row) => row.slice(0, -1)],
  ['a byte more', (row) => Uint8Array.of(...row, 0)],
  ['a bit of an output turned over', bytes((row) => (row[row.length - 3]! ^= 1))],
  ['a bit of the cost turned over', bytes((row) => (row[56 + 80]! ^= 1))],
  ['zeros', bytes((row) => row.fill(0))],
  ['garbage', bytes((row) => row.fill(0xa7, 8))],
];

export function damageSuite(): void {
  describe('damaged, foreign and older rows', () => {
    const key = sampleKey(1);

    it.each(damages)('%s: a miss, an event, and the row is removed', async (_, damage) => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      await putRow(name, key, damage((await storedRow(name, key))!));
      const found = await tier.getMany([key, sampleKey(2)]);
      expect(found).toEqual([undefined, sampleEntry(2)]);
      expect(events.errors()).toEqual(['get STORAGE_CORRUPT']);
      await vi.waitFor(async () => expect((await stored(name)).rows).toBe(1));
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it("another entry's row is a miss, and is removed", async () => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      await putRow(name, key, await storedRow(name, sampleKey(2)));
      expect(await tier.getMany([key])).toEqual([undefined]);
      await vi.waitFor(async () => expect((await stored(name)).rows).toBe(1));
      await tier.close();
    });

    it('an older format of the entry is a miss without an error, and is removed', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      await putRow(name, key, bytes((row) => (row[56] = 0))((await storedRow(name, key))!));
      expect(await tier.getMany([key])).toEqual([undefined]);
      await vi.waitFor(async () => expect((await stored(name)).rows).toBe(1));
      expect(events.errors()).toEqual([]);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it.each([
      ['the row', 0],
      ['the entry', 56],
    ])('a newer format of %s is a miss and is left to the newer app', async (_, at) => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1)]);
      await putRow(name, key, bytes((row) => row[at]!++)((await storedRow(name, key))!));
      expect(await tier.getMany([key])).toEqual([undefined]);
      await tier.close();
      expect(events.errors()).toEqual([]);
      expect((await stored(name)).rows).toBe(1);
    });

    it('a damaged row can be written over and deleted, with the accounts right', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany([1, 2, 3].map((number) => sampleEntry(number)));
      await putRow(name, key, 'damaged');
      await putRow(name, sampleKey(2), new Uint8Array(5));
      await tier.setMany([sampleEntry(1, { size: 1_234 })]);
      expect(await tier.getMany([key])).toEqual([sampleEntry(1, { size: 1_234 })]);
      expect(await tier.delete({ keys: [sampleKey(2)] })).toBe(1);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('what replaces a damaged row meanwhile is not removed in its stead', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1)]);
      await putRow(name, key, 'damaged');
      const looking = tier.getMany([key]);
      // Sent off, as the look-up is: it reads the damaged row, and this is then written over it.
      await Promise.resolve();
      await Promise.resolve();
      const writing = tier.setMany([sampleEntry(1, { cost: 2 })]);
      expect(await looking).toEqual([undefined]);
      expect(events.errors()).toEqual(['get STORAGE_CORRUPT']);
      await writing;
      await tier.close();
      expect((await stored(name)).entries).toMatchObject([{ cost: 2 }]);
      await expectAccountsToBeRight(name);
    });

    it('a row that is gone although the directory has it is a miss, and forgotten', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      await withDatabase(name, (database) => database.delete('rows', rowKeyOf(key).buffer));
      expect(await tier.getMany([key])).toEqual([undefined]);
      await vi.waitFor(async () => expect((await tier.usage()).entries).toBe(1));
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('what the caller does with an entry after the call does not matter', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const data = Float32Array.of(1, 2);
      const outputs = { x: { type: 'float32' as const, dims: [2], data } };
      const writing = tier.setMany([sampleEntry(1, { outputs }), sampleEntry(2)]);
      structuredClone(data.buffer, { transfer: [data.buffer] });
      expect(await writing).toBe(2);
      const [found] = await tier.getMany([key]);
      expect((found!.outputs as typeof outputs).x.data).toEqual(Float32Array.of(1, 2));
      await tier.close();
    });

    it.each([
      ['a function', () => 1],
      ['a date', new Date(0)],
      ['undefined', undefined],
      ['a bare typed array', Float32Array.of(1)],
      [
        'tensors that contradict themselves',
        { x: { type: 'float32', dims: [9], data: Float32Array.of(1, 2) } },
      ],
    ])('%s as outputs is not stored, with an event', async (_, outputs) => {
      const tier = indexedDB({ name: newName() });
      const events = eventsOf(tier);
      const bad = { ...sampleEntry(1), outputs: outputs as unknown as Entry['outputs'] };
      expect(await tier.setMany([bad, sampleEntry(2)])).toBe(1);
      expect(await tier.setMany([null as unknown as Entry])).toBe(0);
      expect(events.errors()).toEqual(['set STORAGE_FAILED', 'set STORAGE_FAILED']);
      expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([undefined, sampleEntry(2)]);
      await tier.close();
    });
  });
}
