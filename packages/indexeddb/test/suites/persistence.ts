import { bitsOf, sampleEntry, sampleKey, tensorsOfEveryType } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';
import { indexedDB } from '../../src/index.js';
import { eventsOf, expectAccountsToBeRight, newName, stored, storedRow } from '../support/database.js';

export function persistenceSuite(): void {
  describe('persistence', () => {
    it('gives back after reopening what was stored before, to the bit', async () => {
      const name = newName();
      const first = indexedDB({ name });
      const tensors = sampleEntry(1, {
        outputs: tensorsOfEveryType,
        tags: ['x'],
        computedBy: 'in_cloud',
        backend: 'oip',
      });
      const json = sampleEntry(2, { outputs: { list: [1, null, 'é', { deep: true }] } });
      expect(await first.setMany([tensors, json])).toBe(2);
      await first.close();

      const second = indexedDB({ name });
      const [found, foundJson, missing] = await second.getMany([sampleKey(1), sampleKey(2), sampleKey(3)]);
      expect(bitsOf(found?.outputs)).toBe(bitsOf(tensorsOfEveryType));
      expect({ ...found, outputs: undefined }).toEqual({ ...tensors, outputs: undefined });
      expect(foundJson).toEqual(json);
      expect(missing).toBeUndefined();
      await second.close();
    });

    it('keeps signalling NaN payloads and -0 of 64-bit floats', async () => {
      const name = newName();
      const bits = BigUint64Array.of(0x7ff0_0000_0000_0001n, 0xfff8_dead_beef_0001n, 0x8000_0000_0000_0000n);
      const outputs = { x: { type: 'float64' as const, dims: [3], data: new Float64Array(bits.buffer) } };
      const first = indexedDB({ name });
      await first.setMany([sampleEntry(1, { outputs })]);
      await first.close();
      const second = indexedDB({ name });
      const [found] = await second.getMany([sampleKey(1)]);
      const { data } = (found!.outputs as typeof outputs).x;
      expect([...new BigUint64Array(data.buffer, data.byteOffset, data.length)]).toEqual([...bits]);
      await second.close();
    });

    it('stores a row of a batch without its neighbours', async () => {
      const name = newName();
      const batch = new Float32Array(100_000);
      batch[500] = 7;
      const outputs = { x: { type: 'float32' as const, dims: [2], data: batch.subarray(500, 502) } };
      const tier = indexedDB({ name });
      await tier.setMany([sampleEntry(1, { outputs })]);
      await tier.close();
      expect((await stored(name)).entries[0]?.outputs).toEqual(outputs);
      expect((await storedRow(name, sampleKey(1)))!.buffer.byteLength).toBeLessThan(400);
    });

    it('says how full it is after opening, and after each change', async () => {
      const name = newName();
      const first = indexedDB({ name });
      await first.setMany([sampleEntry(1), sampleEntry(2)]);
      await first.close();

      const second = indexedDB({ name, maxSize: 1e6, maxEntries: 10 });
      const events = eventsOf(second);
      const { size } = sampleEntry(1);
      await expect
        .poll(() => events.of('usage').map(({ usage }) => usage)[0])
        .toEqual({ entries: 2, bytes: 2 * size, maxSize: 1e6, maxEntries: 10 });
      await second.setMany([sampleEntry(3)]);
      expect(events.of('usage').at(-1)?.usage.entries).toBe(3);
      await second.delete({ keys: [sampleKey(1)] });
      expect(events.of('usage').at(-1)?.usage).toMatchObject({ entries: 2, bytes: 2 * size });
      await second.delete({ all: true });
      expect(events.of('usage').at(-1)?.usage).toMatchObject({ entries: 0, bytes: 0 });
      expect(events.errors()).toEqual([]);
      await second.close();
    });

    it('answers on closing the look-ups that were called before', async () => {
      const name = newName();
      const first = indexedDB({ name });
      await first.setMany([sampleEntry(1)]);
      await first.close();
      const second = indexedDB({ name });
      const looking = second.getMany([sampleKey(1)]);
      await second.close();
      expect(await looking).toEqual([sampleEntry(1)]);
    });

    it('writes on closing what is pending, then misses without a word', async () => {
      const name = newName();
      const tier = indexedDB({ name });
      const events = eventsOf(tier);
      const writing = tier.setMany([sampleEntry(1)]);
      const looking = tier.getMany([sampleKey(9)]);
      const closing = tier.close();
      expect(tier.close()).toBe(closing);
      await closing;
      expect(await writing).toBe(1);
      expect(await looking).toEqual([undefined]);
      expect(await tier.getMany([sampleKey(1)])).toEqual([undefined]);
      expect(await tier.setMany([sampleEntry(2)])).toBe(0);
      expect(await tier.delete({ all: true })).toBe(0);
      expect(events.errors()).toEqual([]);
      expect((await stored(name)).entries.map(({ key }) => key)).toEqual([sampleKey(1)]);
      await expectAccountsToBeRight(name);
    });
  });
}
