import { bytesToHex } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IndexedDBTier, indexedDB } from '../../src/index.js';
import { countTransactions, newName } from '../support/database.js';

export function batchingSuite(): void {
  describe('batching', () => {
    let tier: IndexedDBTier;
    let counter: ReturnType<typeof countTransactions>;

    beforeEach(async () => {
      // Thousands of rows take their time where others use the machine as well.
      tier = indexedDB({ name: newName(), timeout: 60_000 });
      await tier.setMany([1, 2, 3].map((number) => sampleEntry(number)));
      counter = countTransactions();
    });

    afterEach(async () => {
      counter.stop();
      await tier.close();
    });

    it('looks up in one transaction what one turn asks for, each key once', async () => {
      const get = vi.spyOn(IDBObjectStore.prototype, 'get');
      try {
        const found = await Promise.all([
          tier.getMany([sampleKey(1)]),
          tier.getMany([sampleKey(2), sampleKey(1)]),
          Promise.resolve().then(() => 'another microtask of the turn'),
          tier.getMany([sampleKey(1), sampleKey(4)]),
        ]);
        expect(counter.counts.readonly).toBe(1);
        // Not for 4, which the tier knows to be nowhere.
        expect(get.mock.calls.map(([key]) => bytesToHex(new Uint8Array(key as ArrayBuffer)))).toEqual(
          [1, 2].map(sampleKey),
        );
        expect(found[1]).toEqual([sampleEntry(2), sampleEntry(1)]);
        expect(found[3]).toEqual([sampleEntry(1), undefined]);
      } finally {
        get.mockRestore();
      }
    });

    it('asks the database nothing for no keys', async () => {
      expect(await tier.getMany([])).toEqual([]);
      expect(await tier.setMany([])).toBe(0);
      expect(counter.counts).toMatchObject({ readonly: 0, readwrite: 0 });
    });

    it('writes in one relaxed transaction what one turn writes', async () => {
      const numbers = Array.from({ length: 50 }, (_, index) => index + 10);
      await Promise.all(numbers.map((number) => tier.setMany([sampleEntry(number)])));
      expect(counter.counts.readwrite).toBe(1);
      expect([...counter.counts.durabilities]).toEqual(['relaxed']);
      expect((await tier.usage()).entries).toBe(53);
    });

    it('waits for the disk where it is told to', async () => {
      const strict = indexedDB({ name: newName(), durability: 'strict' });
      expect(await strict.setMany([sampleEntry(1)])).toBe(1);
      expect([...counter.counts.durabilities]).toEqual(['strict']);
      await strict.close();
    });

    it('spreads very many rows over transactions that each end in time', async () => {
      const numbers = Array.from({ length: 4_500 }, (_, index) => index + 10);
      expect(await tier.setMany(numbers.map((number) => sampleEntry(number)))).toBe(4_500);
      expect(counter.counts.readwrite).toBe(3);
      expect(await tier.delete({ keys: numbers.map(sampleKey) })).toBe(4_500);
      expect(counter.counts.readwrite).toBe(6);
      expect((await tier.usage()).entries).toBe(3);
    }, 60_000);

    it('lets writes that come while one is under way go together', async () => {
      const first = tier.setMany([sampleEntry(10)]);
      await Promise.resolve();
      await Promise.resolve();
      const later = [11, 12, 13].map(async (number) => {
        for (let turn = 0; turn < number; turn++) await Promise.resolve();
        return tier.setMany([sampleEntry(number)]);
      });
      await Promise.all([first, ...later]);
      expect(counter.counts.readwrite).toBe(2);
    });

    it('gathers, while look-ups are going on, writes that follow one another', async () => {
      await tier.setMany([sampleEntry(10)]);
      await tier.getMany([sampleKey(1)]);
      counter.counts.readwrite = 0;
      const writing = [];
      for (const number of [11, 12, 13]) {
        writing.push(tier.setMany([sampleEntry(number)]));
        expect(await tier.getMany([sampleKey(number), sampleKey(1)])).toEqual([
          sampleEntry(number),
          sampleEntry(1),
        ]);
      }
      await Promise.all(writing);
      expect(counter.counts.readwrite).toBe(1);
      expect((await tier.usage()).entries).toBe(7);
    });

    it('writes what it has gathered before a deletion and before it closes', async () => {
      const name = newName();
      const patient = indexedDB({ name, gatherTime: 1_000 });
      await patient.setMany([sampleEntry(1)]);
      await patient.getMany([sampleKey(1)]);
      const gathered = patient.setMany([sampleEntry(2)]);
      await patient.getMany([sampleKey(1)]);
      expect(await patient.delete({ keys: [sampleKey(1), sampleKey(2)] })).toBe(2);
      expect(await gathered).toBe(1);
      await patient.getMany([sampleKey(1)]);
      const last = patient.setMany([sampleEntry(3)]);
      await patient.close();
      expect(await last).toBe(1);
      const reopened = indexedDB({ name });
      expect(await reopened.getMany([1, 2, 3].map(sampleKey))).toEqual([
        undefined,
        undefined,
        sampleEntry(3),
      ]);
      await reopened.close();
    });

    it('serves from memory what is still being written', async () => {
      const entry = sampleEntry(20);
      const writing = tier.setMany([entry]);
      const [found] = await tier.getMany([entry.key]);
      expect(found).toBe(entry);
      expect(counter.counts.readonly).toBe(0);
      await writing;
      const [read] = await tier.getMany([entry.key]);
      expect(read).toEqual(entry);
      expect(read).not.toBe(entry);
    });

    it('is not made to fail by one caller whose keys are none', async () => {
      const bad = tier.getMany([undefined as unknown as string, {} as unknown as string]);
      const good = tier.getMany([sampleKey(1)]);
      expect(await bad).toEqual([undefined, undefined]);
      expect(await good).toEqual([sampleEntry(1)]);
    });
  });
}
