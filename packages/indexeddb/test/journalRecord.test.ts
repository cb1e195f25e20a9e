import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory, keyOf } from '../src/directory.js';
import type { Invalidation } from '../src/invalidation.js';
import { applyChanges, type Change, decodeRecord, encodeRecord } from '../src/journalRecord.js';
import { rowKeyOf } from '../src/rowKey.js';

const key = fc.nat(15).map((number) => rowKeyOf(number.toString(16).padStart(64, '0')));
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('added' as const),
    key,
    group: fc.record({
      partition: fc.constantFrom('', '00000000000000ff', 'f000000000000000'),
      model: fc.constantFrom('a'.repeat(64), 'b'.repeat(64), '0'.repeat(64)),
    }),
    size: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    createdAt: fc.double({ noNaN: true, noDefaultInfinity: true }).map((time) => time + 0),
    tags: fc.uniqueArray(fc.constantFrom('00000000000000a1', 'ffffffffffffffff', '0123456789abcdef')),
  }),
  fc.record({ kind: fc.constantFrom('removed' as const, 'touched' as const), key }),
);
const invalidation: fc.Arbitrary<Invalidation> = fc.record({
  origin: fc.constantFrom('one', 'other'),
  partition: fc.constantFrom('', '00000000000000ff'),
  selector: fc.oneof(
    fc.record({ all: fc.constant(true as const) }),
    fc.record({ keys: fc.array(fc.constantFrom('a'.repeat(64), 'b'.repeat(64))) }),
    fc.record({ model: fc.constant('a'.repeat(64)), tags: fc.array(fc.constant('0123456789abcdef')) }),
    fc.record({ model: fc.constant('a'.repeat(64)), createdBefore: fc.integer() }),
  ),
  text: fc.string({ unit: 'grapheme' }),
  sequence: fc.integer({ min: 1 }),
  at: fc.integer({ min: 0 }),
});
const record = fc.record({
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  startsAnew: fc.boolean(),
  changes: fc.array(change, { maxLength: 30 }),
  invalidations: fc.oneof(fc.constant([]), fc.array(invalidation, { maxLength: 3 })),
  floor: fc.option(fc.record({ sequence: fc.nat(), at: fc.nat() }), { nil: undefined }),
});

const contentsOf = (directory: Directory) =>
  [...directory.oldestFirst()].map(([key, facts]) => [keyOf(key), facts]);

describe('journal record', () => {
  it('tells a directory what its changes tell it, whole or in parts', () => {
    fc.assert(
      fc.property(record, fc.nat(30), (record, cut) => {
        const decoded = decodeRecord(encodeRecord(record))!;
        const { changes, invalidations, floor } = record;
        expect([decoded.invalidations, decoded.floor]).toEqual([invalidations, floor]);
        expect([decoded.sequence, decoded.startsAnew, decoded.length]).toEqual([
          record.sequence,
          record.startsAnew,
          changes.length,
        ]);
        const [told, expected] = [new Directory(), new Directory()];
        const middle = Math.min(cut, changes.length);
        decoded.apply(told, 0, middle);
        decoded.apply(told, middle, changes.length);
        applyChanges(expected, changes);
        expect(contentsOf(told)).toEqual(contentsOf(expected));
        expect([...decoded.changedKeys()].map(keyOf)).toEqual(
          changes.filter(({ kind }) => kind !== 'touched').map(({ key }) => keyOf(key)),
        );
      }),
    );
  });

  it('takes no byte more for what has no tags, and 8 for each tag and each of a row', () => {
    const added = (tags: readonly string[]): Change => ({
      kind: 'added',
      key: rowKeyOf('x'),
      group: { partition: '', model: 'a'.repeat(64) },
      size: 1,
      createdAt: 1,
      tags,
    });
    const bytesOf = (...changes: Change[]) =>
      encodeRecord({ sequence: 1, startsAnew: false, changes }).length;
    const plain = 24 + 40 + 2 * 48;
    expect(bytesOf(added([]), added([]))).toBe(plain);
    expect(bytesOf(added(['00000000000000a1']), added(['00000000000000a1']))).toBe(plain + 8 + 8 + 2 * 8);
  });

  it('is read from anywhere in a buffer', () => {
    const bytes = encodeRecord({
      sequence: 3,
      startsAnew: true,
      changes: [{ kind: 'removed', key: rowKeyOf('x') }],
    });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeRecord(shifted.subarray(3))?.length).toBe(1);
  });

  it('10,000 kinds of damage: none is read, none throws', () => {
    let damaged = 0;
    const mutation = fc.record({ at: fc.nat(), byte: fc.integer({ min: 1, max: 255 }), length: fc.nat() });
    fc.assert(
      fc.property(
        record,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.nat(9),
        (record, mutations, kind) => {
          const bytes = encodeRecord(record);
          let changed: Uint8Array = bytes.slice();
          if (kind === 0) changed = changed.slice(0, mutations[0]!.length % changed.length);
          else if (kind === 1)
            changed = Uint8Array.of(...changed, ...new Uint8Array(1 + (mutations[0]!.length % 99)));
          else for (const { at, byte } of mutations) changed[at % changed.length]! ^= byte;
          // Changes that undo one another.
          if (changed.length === bytes.length && changed.every((byte, at) => byte === bytes[at])) return;
          damaged++;
          expect(decodeRecord(changed)).toBeUndefined();
        },
      ),
      { numRuns: 10_000, seed: 4 },
    );
    expect(damaged).toBeGreaterThan(9_900);
  }, 30_000);

  it.each([undefined, null, 7, 'text', {}, [], new ArrayBuffer(64), new Uint32Array(64), new Uint8Array(0)])(
    'nothing else is one: %s',
    (value) => expect(decodeRecord(value)).toBeUndefined(),
  );
});
