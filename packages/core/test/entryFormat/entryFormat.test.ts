import { decodeEntry, type Entry, encodeEntry, type Tensors } from '@predcache/core';
import { sampleEntry, tensorsOfEveryType } from '@predcache/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryVectorSuite } from '../suites/entryVectors.js';
import { entryArbitrary } from '../support/entryArbitrary.js';
import { entryVectors } from '../support/entryVectors.js';
import { exactText } from '../support/exactText.js';

entryVectorSuite({ describe, expect, it });

describe('an encoded entry', () => {
  it('gives back any entry to the bit, copied or shared, wherever its bytes begin', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(entryArbitrary, fc.nat(9), fc.boolean(), (entry, offset, share) => {
        const bytes = encodeEntry(entry);
        expect(exactFields(entryIn(placed(bytes, offset), share))).toBe(exactFields(entry));
      }),
      { numRuns: 2000 },
    );
  });

  it('has a buffer of its own, and the same bytes for equal entries', () => {
    fc.assert(
      fc.property(entryArbitrary, (entry) => {
        const bytes = encodeEntry(entry);
        expect([bytes.byteOffset, bytes.byteLength]).toEqual([0, bytes.buffer.byteLength]);
        expect(encodeEntry(entryIn(bytes))).toEqual(bytes);
      }),
    );
  });

  it('of the largest depth is kept, and deeper JSON refused', () => {
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    const entry = sampleEntry(1, { outputs: nested(1000) });
    expect(JSON.stringify(entryIn(encodeEntry(entry)).outputs)).toBe(JSON.stringify(entry.outputs));
    expect(() => encodeEntry(sampleEntry(1, { outputs: nested(1001) }))).toThrow(/deeper than 1000/);
  });

  it('keeps long texts and large tensors', () => {
    const text = '𝄞 and on '.repeat(20_000);
    const data = Float64Array.from({ length: 50_000 }, (_, index) => index / 3);
    const outputs = { text: { type: 'string', dims: [2], data: [text, `${text}\ud800`] } } as Tensors;
    for (const each of [
      text,
      `${text}\ud800`,
      { ...outputs, x: { type: 'float64', dims: [50_000], data } },
    ]) {
      const entry = sampleEntry(1, { outputs: each as Entry['outputs'] });
      expect(exactFields(entryIn(encodeEntry(entry))) === exactFields(entry)).toBe(true);
    }
  });
});

describe('decoding', () => {
  const bytes = encodeEntry(sampleEntry(1, { outputs: tensorsOfEveryType }));

  it('copies by default, and with share gives views where the entry begins at a multiple of 8', () => {
    for (const offset of [0, 8, 16, 4, 1]) {
      const given = placed(bytes, offset);
      for (const [name, tensor] of Object.entries(entryIn(given, true).outputs as Tensors)) {
        if (tensor.type === 'string') continue;
        const isShared = tensor.data.buffer === given.buffer;
        expect(`${name} ${isShared}`).toBe(`${name} ${offset % tensor.data.BYTES_PER_ELEMENT === 0}`);
      }
      for (const { data } of Object.values(entryIn(given).outputs as Tensors)) {
        if (ArrayBuffer.isView(data)) expect(data.buffer.byteLength).toBe(data.byteLength);
      }
    }
  });

  it('reads shared and resizable memory, and a Buffer', () => {
    const expected = exactText(entryIn(bytes));
    const text = encodeEntry(sampleEntry(1, { outputs: 'é'.repeat(100) }));
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(exactText(entryIn(shared, true))).toBe(expected);
    expect(exactText(entryIn(Buffer.from(bytes)))).toBe(expected);
    const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
    const resizable = new Uint8Array(new Resizable(text.length, { maxByteLength: 9999 }));
    resizable.set(text);
    expect(entryIn(resizable).outputs).toBe('é'.repeat(100));
  });

  it('calls entries of other versions older and newer', () => {
    for (const [version, kind] of [
      [0, 'older'],
      [2, 'newer'],
      [255, 'newer'],
    ] as const) {
      for (const other of [bytes, bytes.subarray(0, 3)]) {
        const changed = other.slice();
        changed[0] = version;
        expect(decodeEntry(changed)).toEqual({ kind });
      }
    }
  });

  it('calls everything else damaged', () => {
    for (const other of [
      new Uint8Array(0),
      new Uint8Array(1000),
      new TextEncoder().encode('{"format":1}'),
      undefined,
      {},
    ]) {
      expect(decodeEntry(other as Uint8Array)).toEqual({ kind: 'damaged' });
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeEntry(bytes.subarray(0, length)).kind).toBe('damaged');
    }
  });

  it('takes no notice of what another entry was like', () => {
    for (const first of entryVectors) {
      for (const second of entryVectors) {
        const [one, two] = [encodeEntry(first.entry), encodeEntry(second.entry)];
        expect([one.join(), two.join()]).toEqual([first.bytes.join(), second.bytes.join()]);
        expect(exactFields(entryIn(one))).toBe(exactFields(first.entry));
        expect(exactFields(entryIn(two))).toBe(exactFields(second.entry));
      }
    }
  });
});

function entryIn(bytes: Uint8Array, share = false): Entry {
  const reading = decodeEntry(bytes, { share });
  if (reading.kind !== 'entry') throw new Error(reading.kind);
  return reading.entry;
}

/** The same bytes at some place of a larger buffer. */
function placed(bytes: Uint8Array, offset: number): Uint8Array {
  const buffer = new Uint8Array(offset + bytes.length + 5).fill(0xee);
  buffer.set(bytes, offset);
  return buffer.subarray(offset, offset + bytes.length);
}

/** An entry as text, whatever the order of its own fields. */
function exactFields(entry: Entry): string {
  const fields = Object.entries(entry).sort(([one], [two]) => (one < two ? -1 : 1));
  return exactText(Object.fromEntries(fields));
}
