import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RowKey } from '../src/rowKey.js';
import { RowKeyTable } from '../src/rowKeyTable.js';

/** Of few last words, on which the table hashes: many keys meet in a cell. */
const keyOf = (number: number): RowKey =>
  Uint32Array.of(0, 0, 0, 0, 0, 0, Math.floor(number / 5), number % 5);

it('finds what a Map would, through additions, removals and growth', () => {
  const step = fc.record({ isAdded: fc.boolean(), number: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new RowKeyTable();
      const slots = new Map<number, number>();
      const free: number[] = [];
      let used = 0;
      let capacity = 0;
      for (const { isAdded, number } of steps) {
        const slot = slots.get(number);
        if (isAdded && slot === undefined) {
          const taken = free.pop() ?? used++;
          if (used > capacity) {
            capacity = used + 3;
            table.reserve(capacity);
          }
          table.add(keyOf(number), taken);
          slots.set(number, taken);
        } else if (!isAdded && slot !== undefined) {
          table.remove(slot);
          slots.delete(number);
          free.push(slot);
        }
        for (let sought = 0; sought <= 60; sought++) {
          const expected = slots.get(sought);
          const found = table.find(keyOf(sought));
          if (expected === undefined) expect(found).toBeLessThan(0);
          else expect(found).toBe(expected);
        }
      }
      for (const [number, slot] of slots) expect(table.keyAt(slot)).toEqual(keyOf(number));
    }),
    { numRuns: 100 },
  );
});

it('tells keys apart by every word', () => {
  const table = new RowKeyTable();
  table.reserve(1);
  const key = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  table.add(key, 0);
  expect(table.find(key)).toBe(0);
  for (let word = 0; word < 8; word++) {
    const other = key.slice();
    other[word]! ^= 0x8000_0000;
    expect(table.find(other)).toBe(-1);
  }
});
