import type { Entry } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { rowFormat, toRow } from '../../src/row.js';
import { eventsOf, expectAccountsToBeRight, newName, putRaw, stored } from '../support/database.js';

const row = (changes: Record<string, unknown>) => ({ ...toRow(sampleEntry(1), 0), ...changes });
const tensor = (changes: Record<string, unknown>) => ({
  outputs: { x: { type: 'float32', dims: [2], data: Float32Array.of(1, 2), ...changes } },
});

const damaged: [what: string, row: Record<string, unknown>][] = [
  ['a foreign object', { key: sampleKey(1), hello: 'world' }],
  ['no format', row({ format: undefined })],
  ['a size that is no number', row({ size: 'big' })],
  ['a negative size', row({ size: -1 })],
  ['no sequence', row({ sequence: Number.NaN })],
  ['a model that is no string', row({ model: 7 })],
  ['an unknown computedBy', row({ computedBy: 'elsewhere' })],
  ['tags that are no strings', row({ tags: [1] })],
  ['a creation time that is no number', row({ createdAt: new Date(0) })],
  ['no outputs', row({ outputs: undefined })],
  ['fewer elements than dims say', row(tensor({ dims: [3] }))],
  ['another array than the type says', row(tensor({ data: Int32Array.of(1, 2) }))],
  ['an unknown tensor type', row(tensor({ type: 'float128' }))],
  ['outputs that are neither tensors nor JSON', row({ outputs: { when: new Date(0) } })],
];

export function damageSuite(): void {
  describe('damaged, foreign and older rows', () => {
    it.each(damaged)('%s: a miss, an event, and the row is removed', async (_, value) => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      await putRaw(name, 'entries', value);
      const found = await tier.getMany([sampleKey(1), sampleKey(2)]);
      expect(found).toEqual([undefined, sampleEntry(2)]);
      expect(events.errors()).toEqual(['get STORAGE_CORRUPT']);
      await vi.waitFor(async () => expect((await stored(name)).rows).toHaveLength(1));
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('an older format is a miss without an error, and is removed', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      await putRaw(name, 'entries', row({ format: rowFormat - 1 }));
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      await vi.waitFor(async () => expect((await stored(name)).rows).toHaveLength(1));
      expect(events.errors()).toEqual([]);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('a newer format is a miss and is left to the newer app', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1)]);
      await putRaw(name, 'entries', row({ format: rowFormat + 1 }));
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      await tier.close();
      expect(events.errors()).toEqual([]);
      expect((await stored(name)).rows).toHaveLength(1);
    });

    it('a damaged row can be written over and deleted, with the accounts right', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      await tier.setMany([1, 2, 3].map((number) => sampleEntry(number)));
      await putRaw(name, 'entries', row({ size: 'big', key: sampleKey(1) }));
      await putRaw(name, 'entries', row({ size: -50, key: sampleKey(2) }));
      await tier.setMany([sampleEntry(1, { size: 1_234 })]);
      expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1, { size: 1_234 })]);
      expect(await tier.delete({ keys: [sampleKey(2)] })).toBe(1);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it('what replaces a damaged row meanwhile is not removed in its stead', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1)]);
      await putRaw(name, 'entries', row({ tags: [1], size: 7 }));
      const looking = tier.getMany([sampleKey(1)]);
      // Sent off, as the look-up is: it reads the damaged row, and this is then written over it.
      await Promise.resolve();
      await Promise.resolve();
      const writing = tier.setMany([sampleEntry(1, { cost: 2 })]);
      expect(await looking).toEqual([undefined]);
      expect(events.errors()).toEqual(['get STORAGE_CORRUPT']);
      await writing;
      await tier.close();
      expect((await stored(name)).rows).toMatchObject([{ cost: 2 }]);
      await expectAccountsToBeRight(name);
    });

    it('an entry that cannot be cloned is skipped, with an event, and the others of its moment are stored', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1)]);
      const detached = Float32Array.of(1, 2);
      const outputs = { x: { type: 'float32' as const, dims: [2], data: detached } };
      // Passes every check when called, and is emptied before it is written.
      const writing = tier.setMany([sampleEntry(1, { outputs }), sampleEntry(2), sampleEntry(3)]);
      structuredClone(detached.buffer, { transfer: [detached.buffer] });
      expect(await writing).toBe(2);
      expect(events.errors()).toEqual(['set STORAGE_FAILED']);
      // Not the older row either: it was to be replaced.
      const found = await tier.getMany([1, 2, 3].map(sampleKey));
      expect(found).toEqual([undefined, sampleEntry(2), sampleEntry(3)]);
      await tier.close();
      await expectAccountsToBeRight(name);
    });

    it.each([
      ['a function', () => 1],
      ['a date', new Date(0)],
      ['undefined', undefined],
      ['a bare typed array', Float32Array.of(1)],
      ['tensors that contradict themselves', tensor({ dims: [9] }).outputs],
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
