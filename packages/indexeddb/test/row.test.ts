import type { Entry, Tensors } from '@predcache/core';
import { bitsOf, sampleEntry, tensorsOfEveryType } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEntry, readRow, rowFormat, toRow } from '../src/row.js';

const outputs = fc.oneof(fc.jsonValue(), fc.constant(tensorsOfEveryType)) as fc.Arbitrary<Entry['outputs']>;
const entry: fc.Arbitrary<Entry> = fc.record({
  key: fc.string({ minLength: 1 }),
  model: fc.string(),
  outputs,
  createdAt: fc.integer(),
  cost: fc.double({ min: 0, max: 1e9, noNaN: true }),
  size: fc.nat(),
  tags: fc.array(fc.string()),
  computedBy: fc.constantFrom('on_device' as const, 'in_cloud' as const),
  backend: fc.string(),
});

describe('rows', () => {
  it('give back any entry after a structured clone', () => {
    fc.assert(
      fc.property(entry, fc.nat(), (given, sequence) => {
        // JSON that looks like tensors and contradicts itself is refused before it comes here.
        fc.pre(isEntry(given));
        const reading = readRow(structuredClone(toRow(given, sequence)), given.key);
        if (reading.kind !== 'entry') throw new Error(reading.kind);
        expect(bitsOf(reading.entry.outputs)).toBe(bitsOf(given.outputs));
        expect({ ...reading.entry, outputs: 0 }).toEqual({ ...given, outputs: 0 });
      }),
    );
  });

  it('with any one field gone or of another kind are damaged, and nothing throws', () => {
    const row = toRow(sampleEntry(1), 7);
    const fields = Object.keys(row).filter((field) => field !== 'format');
    const wrong = fc.constantFrom<unknown>(undefined, Symbol('x'), 10n, () => 1, new Date(0), Number.NaN);
    fc.assert(
      fc.property(fc.constantFrom(...fields), wrong, (field, value) => {
        // NaN as outputs is let through: it came from an engine, and structured clone keeps it.
        fc.pre(!(field === 'outputs' && Number.isNaN(value)));
        expect(readRow({ ...row, [field]: value }, row.key)).toEqual({ kind: 'damaged' });
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(['damaged', 'older', 'newer']).toContain(readRow(value, 'key').kind);
      }),
    );
  });

  it('of another key are damaged', () => {
    const row = toRow(sampleEntry(1), 0);
    expect(readRow(row, sampleEntry(2).key)).toEqual({ kind: 'damaged' });
  });

  it('of another format are older or newer, whatever else they are', () => {
    expect(readRow({ format: rowFormat - 1 }, 'key')).toEqual({ kind: 'older' });
    expect(readRow({ format: rowFormat + 1 }, 'key')).toEqual({ kind: 'newer' });
  });
});

describe('outputs in shared memory', () => {
  it('are copied out of it, for a database takes none', () => {
    const data = new Float32Array(new SharedArrayBuffer(8));
    data[1] = 5;
    const shared = sampleEntry(1, { outputs: { x: { type: 'float32', dims: [2], data } } });
    const row = structuredClone(toRow(shared, 0));
    expect(bitsOf(row.outputs)).toBe(bitsOf(shared.outputs));
    const { x } = row.outputs as Tensors;
    expect((x!.data as Float32Array).buffer).toBeInstanceOf(ArrayBuffer);
  });
});
