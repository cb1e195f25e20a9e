import { encodeEntry } from '@predcache/core';
import { sampleEntry, sampleKey } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HotSet, packRows, sequenceOfPack } from '../src/hotSet.js';
import { toRow } from '../src/row.js';
import { type RowKey, rowKeyOf } from '../src/rowKey.js';

const key = (number: number) => rowKeyOf(sampleKey(number));
const row = (number: number, rows = { partition: '', cipher: undefined }): [RowKey, Uint8Array] => {
  const entry = sampleEntry(number, { outputs: { text: 'x'.repeat(number % 13) } });
  return [key(number), toRow({ entry, body: encodeEntry(entry) }, key(number), rows) as Uint8Array];
};
const entryOf = (number: number) => sampleEntry(number, { outputs: { text: 'x'.repeat(number % 13) } });

describe('hot set', () => {
  it('gives back the rows that were packed, whatever their lengths, and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 40 }), fc.nat(7), (numbers, shift) => {
        const pack = packRows(
          numbers.map((number) => row(number)),
          1_234_567_890_123,
        );
        expect(sequenceOfPack(pack)).toBe(1_234_567_890_123);
        // As a part of something larger, where its words may lie askew.
        const whole = new Uint8Array(pack.length + shift);
        whole.set(pack, shift);
        const hot = new HotSet();
        hot.use(whole.subarray(shift));
        expect(hot.size).toBe(numbers.length);
        for (let number = 0; number <= 60; number++) {
          const expected = numbers.includes(number) ? entryOf(number) : undefined;
          expect(hot.get(key(number), sampleKey(number))).toEqual(expected);
        }
      }),
    );
  });

  it('forgets rows, and lets go of the pack with the last', () => {
    const hot = new HotSet();
    hot.use(packRows([row(1), row(2)], 1));
    hot.remove(key(1));
    expect(hot.get(key(1), sampleKey(1))).toBeUndefined();
    expect(hot.get(key(2), sampleKey(2))).toEqual(entryOf(2));
    hot.remove(key(2));
    expect([hot.size, hot.row(key(2))]).toEqual([0, undefined]);
  });

  it('knows when saving it would save something else', () => {
    const hot = new HotSet();
    expect(hot.isStale).toBe(true);
    hot.use(packRows([row(1), row(2)], 1));
    hot.touch(key(1));
    expect(hot.isStale).toBe(false);
    hot.touch(key(3));
    expect(hot.isStale).toBe(true);
    hot.saving();
    hot.saved(packRows([row(1), row(3)], 2));
    expect(hot.isStale).toBe(false);
    // One that it does not have was written.
    hot.remove(key(9));
    expect(hot.isStale).toBe(true);
  });

  it('what has changed while it was saved is not in it; what was read anew meanwhile counts more', () => {
    const hot = new HotSet();
    hot.saving();
    hot.remove(key(1));
    hot.saved(packRows([row(1), row(2)], 1));
    expect([1, 2].map((number) => hot.row(key(number)) !== undefined)).toEqual([false, true]);
    expect(hot.isStale).toBe(true);
    hot.saving();
    hot.use(packRows([row(5)], 2));
    hot.saved(packRows([row(1), row(2)], 1));
    expect([hot.size, hot.row(key(5)) !== undefined]).toEqual([1, true]);
  });

  it('a damaged row is a miss, and the next saving reads it again', () => {
    const pack = packRows([row(1), row(2)], 1);
    pack[pack.length - 9]! ^= 1;
    const hot = new HotSet();
    hot.use(pack);
    expect(hot.get(key(2), sampleKey(2))).toBeUndefined();
    expect([hot.size, hot.isStale]).toEqual([1, true]);
    expect(hot.get(key(1), sampleKey(1))).toEqual(entryOf(1));
  });

  it('a row under another key is a miss', () => {
    const hot = new HotSet();
    hot.use(packRows([[key(1), row(2)[1]]], 1));
    expect(hot.get(key(1), sampleKey(1))).toBeUndefined();
  });

  it('whatever is used as a pack: it does not throw, and gives no wrong entry', () => {
    const pack = packRows([row(1), row(2), row(3)], 7);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(pack.length - 1), fc.nat(255)), { maxLength: 9 }),
        fc.nat(pack.length),
        (changes, length) => {
          const damaged = pack.slice(0, length);
          for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
          const hot = new HotSet();
          hot.use(damaged);
          for (const number of [1, 2, 3]) {
            expect([undefined, entryOf(number)]).toContainEqual(hot.get(key(number), sampleKey(number)));
            hot.remove(key(number));
          }
        },
      ),
      { numRuns: 2_000 },
    );
    const hot = new HotSet();
    hot.use(Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255, ...new Uint8Array(64)));
    expect(hot.size).toBe(0);
  });
});
