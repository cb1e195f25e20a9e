import { bitsOf, sampleEntry, sampleKey, tensorsOfEveryType } from '@predcache/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { modelDigest } from '../../src/row.js';
import { eventsOf, everyByte, holds, newName, putRaw, stored, withDatabase } from '../support/database.js';
import { newKey, unusableKey } from '../support/encryption.js';
import { deleteRaw } from '../support/faults.js';

const rowsOf = (name: string) =>
  withDatabase(name, async (database) => ({
    keys: (await database.getAllKeys('rows')) as ArrayBuffer[],
    values: (await database.getAll('rows')) as Uint8Array[],
  }));

export function encryptionSuite(): void {
  describe('encryption', () => {
    it('gives back after reopening what was stored before, to the bit', async () => {
      const [name, key] = [newName(), await newKey()];
      const first = indexedDB({ name, encrypt: { key } });
      const tensors = sampleEntry(1, { outputs: tensorsOfEveryType, tags: ['x'], backend: 'oip' });
      const json = sampleEntry(2, { outputs: { list: [1, null, 'é'] } });
      expect(await first.setMany([tensors, json])).toBe(2);
      await first.close();
      for (const hotSet of [0, 4e6]) {
        const tier = indexedDB({ name, encrypt: { key }, hotSet });
        const events = eventsOf(tier);
        const [found, foundJson] = await tier.getMany([sampleKey(1), sampleKey(2)]);
        expect(bitsOf(found?.outputs)).toBe(bitsOf(tensorsOfEveryType));
        expect({ ...found, outputs: undefined }).toEqual({ ...tensors, outputs: undefined });
        expect(foundJson).toEqual(json);
        await tier.close();
        expect(events.errors()).toEqual([]);
      }
    });

    it('answers what was asked, written and deleted before the key was ready, in that order', async () => {
      const [name, key] = [newName(), await newKey()];
      const tier = indexedDB({ name, encrypt: { key } });
      const writing = tier.setMany([sampleEntry(1), sampleEntry(2)]);
      const looking = tier.getMany([sampleKey(1), sampleKey(3)]);
      const deleting = tier.delete({ keys: [sampleKey(2)] });
      expect([await writing, await looking, await deleting]).toEqual([2, [sampleEntry(1), undefined], 1]);
      await tier.close();
      const again = indexedDB({ name, encrypt: { key } });
      const asked = again.getMany([sampleKey(1), sampleKey(2)]);
      await again.close();
      expect(await asked).toEqual([sampleEntry(1), undefined]);
    });

    it('with another key or none: finds nothing, and leaves what there is', async () => {
      const [name, key] = [newName(), await newKey()];
      const mine = indexedDB({ name, encrypt: { key } });
      await mine.setMany([sampleEntry(1), sampleEntry(2)]);
      await mine.close();
      for (const options of [
        {},
        { encrypt: { key: await newKey() } },
        { partition: 'x', encrypt: { key } },
      ]) {
        const tier = indexedDB({ name, ...options });
        const events = eventsOf(tier);
        await tier.ready();
        expect(tier.peek(sampleKey(1))).toBeUndefined();
        expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([undefined, undefined]);
        expect(await tier.delete({ keys: [sampleKey(1)] })).toBe(0);
        expect(await tier.setMany([sampleEntry(1, { cost: 7 })])).toBe(1);
        expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1, { cost: 7 })]);
        await tier.close();
        expect(events.errors()).toEqual([]);
      }
      const again = indexedDB({ name, encrypt: { key } });
      expect(await again.getMany([sampleKey(1), sampleKey(2)])).toEqual([sampleEntry(1), sampleEntry(2)]);
      expect((await again.usage()).entries).toBe(5);
      await again.close();
    });

    it('rows that have changed places are misses, and are removed', async () => {
      const [name, key] = [newName(), await newKey()];
      const tier = indexedDB({ name, encrypt: { key } });
      const events = eventsOf(tier);
      await tier.setMany([sampleEntry(1), sampleEntry(2)]);
      const { keys, values } = await rowsOf(name);
      await putRaw(name, 'rows', keys[0]!, values[1]);
      await putRaw(name, 'rows', keys[1]!, values[0]);
      expect(await tier.getMany([sampleKey(1), sampleKey(2)])).toEqual([undefined, undefined]);
      await vi.waitFor(async () => expect((await stored(name)).rows).toBe(0));
      expect(events.errors()).toEqual(['get STORAGE_CORRUPT', 'get STORAGE_CORRUPT']);
      await tier.close();
    });

    it('a row with any bit turned over is a miss', async () => {
      const [name, key] = [newName(), await newKey()];
      const tier = indexedDB({ name, encrypt: { key }, hotSet: 0 });
      await tier.setMany([sampleEntry(1)]);
      const { keys, values } = await rowsOf(name);
      const [row] = values;
      for (let at = 0; at < row!.length; at += 5) {
        const damaged = row!.slice();
        damaged[at]! ^= 1 << (at % 8);
        await tier.setMany([sampleEntry(1)]);
        await putRaw(name, 'rows', keys[0]!, damaged);
        expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      }
      await tier.setMany([sampleEntry(1)]);
      expect(await tier.getMany([sampleKey(1)])).toEqual([sampleEntry(1)]);
      await tier.close();
    });

    it('nothing of what is stored tells outputs, tags or digests, and no nonce is used twice', async () => {
      const marker = 'a marker of an output';
      const tag = 'a marker of a tag';
      const numbers = Array.from({ length: 1_000 }, (_, index) => index + 1);
      // Digests of their own, not small numbers, whose zeros are found anywhere.
      const digest = (number: number) => modelDigest(`an input, the one of ${number}`);
      const entries = numbers.map((number) =>
        sampleEntry(number, { key: digest(number), outputs: { label: marker }, tags: [tag] }),
      );
      const found = async (options: Parameters<typeof indexedDB>[0]) => {
        const name = newName();
        const tier = indexedDB({ name, ...options });
        await tier.setMany(entries);
        await tier.close();
        const bytes = await everyByte(name);
        const { values } = await rowsOf(name);
        const nonces = new Set(values.map((row) => row.subarray(56, 68).join()));
        const digestBytes = (number: number) =>
          Uint8Array.from(digest(number).match(/../g)!, (byte) => Number.parseInt(byte, 16));
        const sought = [
          new TextEncoder().encode(marker),
          new TextEncoder().encode(tag),
          ...[1, 500, 1_000].flatMap((number) => [
            digestBytes(number),
            new TextEncoder().encode(digest(number)),
          ]),
        ];
        return { held: sought.map((each) => holds(bytes, each)), nonces: nonces.size };
      };
      // In clear everything is found, so that not finding it tells something. Keys are digests as bytes.
      expect((await found({})).held.slice(0, 3)).toEqual([true, true, true]);
      const { held, nonces } = await found({ encrypt: { key: await newKey() } });
      expect(held).toEqual(held.map(() => false));
      expect(nonces).toBe(1_000);
    });

    it('a key of no use: misses, skipped writes and one event; nothing throws, nothing hangs', async () => {
      const name = newName();
      const sound = indexedDB({ name });
      await sound.setMany([sampleEntry(1), sampleEntry(2, { model: 'b'.repeat(64) })]);
      await sound.close();
      const tier = indexedDB({ name, encrypt: { key: await unusableKey() } });
      const events = eventsOf(tier);
      for (let turn = 0; turn < 3; turn++) {
        expect(tier.peek(sampleKey(1))).toBeUndefined();
        expect(await tier.getMany([sampleKey(1), sampleKey(9)])).toEqual([undefined, undefined]);
        expect(await tier.setMany([sampleEntry(1), sampleEntry(3)])).toBe(0);
        expect(await tier.delete({ keys: [sampleKey(1)] })).toBe(0);
        tier.touch?.([sampleKey(1)]);
      }
      expect((await tier.usage()).entries).toBe(2);
      // What needs no key works.
      expect(await tier.delete({ model: 'b'.repeat(64) })).toBe(1);
      expect(await tier.clear()).toBe(1);
      await tier.close();
      expect(events.errors()).toEqual(['open STORAGE_UNAVAILABLE']);
      expect(events.of('tier-error')[0]?.error.what).toMatch(/^The encryption key is of no use: TypeError/);
      await deleteRaw(name);
    });
  });
}
