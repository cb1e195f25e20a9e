import { decodeEntry, encodeEntry } from '@predcache/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksumOf, putUint32 } from '../../src/entryFormat/checksum.js';
import { entryArbitrary } from '../support/entryArbitrary.js';
import { exactText } from '../support/exactText.js';

type Mutation = (bytes: Uint8Array) => Uint8Array;

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (where: number, bytes: Uint8Array) => Math.floor(where * bytes.length);
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));

/** What storage and transport do to bytes: some at the front, where every byte has a meaning, more often than chance. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]): Mutation =>
      (bytes) => {
        const changed = bytes.slice();
        changed[at(where, bytes)]! ^= 1 << bit;
        return changed;
      },
  ),
  fc.tuple(fc.nat(160), byte).map(
    ([where, value]): Mutation =>
      (bytes) => {
        const changed = bytes.slice();
        changed[where % bytes.length] = value;
        return changed;
      },
  ),
  fc.tuple(place, fc.array(byte, { minLength: 4, maxLength: 4 })).map(
    ([where, values]): Mutation =>
      (bytes) => {
        const changed = bytes.slice();
        changed.set(values.slice(0, bytes.length - at(where, bytes)), at(where, bytes));
        return changed;
      },
  ),
  place.map(
    (where): Mutation =>
      (bytes) =>
        bytes.slice(0, at(where, bytes)),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map(
    (more): Mutation =>
      (bytes) =>
        joined(bytes, more),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (bytes) => {
        const changed = bytes.slice();
        changed.copyWithin(at(to, bytes), at(from, bytes), at(from, bytes) + 16);
        return changed;
      },
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 8 })).map(
    ([where, length]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(where, bytes)), bytes.subarray(at(where, bytes) + length)),
  ),
);

// Sharing a core with everything else, 10,000 runs take several times as long.
const timeout = 60_000;

it('10,000 mutations of entries are noticed, and nothing throws', { timeout }, () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(
      entryArbitrary,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (entry, mutations, share) => {
        const bytes = encodeEntry(entry);
        const changed = mutations.reduce(
          (each, mutate) => (each.length === 0 ? each : mutate(each)),
          bytes as Uint8Array,
        );
        const { kind } = decodeEntry(changed, { share });
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        expect(kind === 'entry').toBe(Buffer.compare(bytes, changed) === 0);
      },
    ),
    { numRuns: 10_000 },
  );
  // Some mutations hit the version, or change nothing.
  expect(kinds.get('damaged')).toBeGreaterThan(7000);
});

it('10,000 mutations with length and checksum put right never throw, and give nothing that is no entry', {
  timeout,
}, () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(
      entryArbitrary,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (entry, mutations, share) => {
        const changed = mutations
          .reduce(
            (each, mutate) => (each.length === 0 ? each : mutate(each)),
            encodeEntry(entry) as Uint8Array,
          )
          .slice();
        if (changed.length >= 12) {
          changed.set([1, 0x50, 0x45]);
          changed[3]! &= 47;
          putUint32(changed, 8, changed.length);
          putUint32(changed, 4, checksumOf(changed));
        }
        const reading = decodeEntry(changed, { share });
        kinds.set(reading.kind, (kinds.get(reading.kind) ?? 0) + 1);
        if (reading.kind !== 'entry') return;
        const again = decodeEntry(encodeEntry(reading.entry));
        expect(exactText(again)).toBe(exactText(reading));
      },
    ),
    { numRuns: 10_000 },
  );
  // Both outcomes were seen, or this would show nothing.
  expect(kinds.get('damaged')).toBeGreaterThan(1000);
  expect(kinds.get('entry')).toBeGreaterThan(1000);
});

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
