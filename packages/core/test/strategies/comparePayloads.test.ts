import type { JsonValue, Payload, Tensor } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePayloads } from '../../src/comparePayloads.js';
import { copyPayload } from '../../src/copyPayload.js';
import { float16Bits } from '../support/float16.js';

const tensor = (type: string, data: unknown, dims = [(data as { length: number }).length]) =>
  ({ x: { type, dims, data } as Tensor }) satisfies Payload;
const agreementOf = (a: Payload, b: Payload, tolerance = 0) => comparePayloads(a, b, tolerance).agreement;

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
const rows = fc.array(finite, { minLength: 1, maxLength: 6 });
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;

describe('equal', () => {
  it('is what has the same bits, whatever they stand for', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('float32', 'float64', 'int64', 'float16', 'uint8'),
        fc.uint8Array(),
        (type, bytes) => {
          const data = arrayOf(type, bytes);
          const payload = tensor(type, data);
          expect(comparePayloads(payload, copyPayload(payload), 0)).toEqual({
            agreement: 'equal',
            isSameTopClass: true,
          });
        },
      ),
    );
  });

  it('is any JSON and its copy', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(agreementOf(value, copyPayload(value))).toBe('equal');
      }),
    );
  });
});

describe('within tolerance', () => {
  it('is what the formula says, and symmetric', () => {
    fc.assert(
      fc.property(rows, rows, fc.double({ min: 0, max: 0.5, noNaN: true }), (one, other, tolerance) => {
        const length = Math.min(one.length, other.length);
        const [a, b] = [one, other].map((row) => tensor('float64', Float64Array.from(row.slice(0, length))));
        const isNear = one
          .slice(0, length)
          .every(
            (x, at) => Math.abs(x - other[at]!) <= tolerance * Math.max(1, Math.abs(x), Math.abs(other[at]!)),
          );
        const top = (row: number[]) => row.slice(0, length).indexOf(Math.max(...row.slice(0, length)));
        const { agreement, isSameTopClass } = comparePayloads(a!, b!, tolerance);
        // -0 and 0 are one number, so the first of the largest is the same by either comparison.
        expect(isSameTopClass).toBe(top(one) === top(other));
        expect(agreement !== 'different').toBe(isNear && isSameTopClass);
        expect(comparePayloads(b!, a!, tolerance)).toEqual({ agreement, isSameTopClass });
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same for float16 as for the numbers its bits stand for', () => {
    const small = fc.integer({ min: -2048, max: 2048 }).map((number) => number / 16);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(small, small), { minLength: 1 }),
        fc.constantFrom(0, 0.1, 1),
        (pairs, tolerance) => {
          const [one, other] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
          const halves = [one, other].map((row) => tensor('float16', Uint16Array.from(row, float16Bits)));
          const doubles = [one, other].map((row) => tensor('float64', Float64Array.from(row)));
          expect(comparePayloads(halves[0]!, halves[1]!, tolerance)).toEqual(
            comparePayloads(doubles[0]!, doubles[1]!, tolerance),
          );
        },
      ),
    );
  });

  it.each([
    ['-0 and 0', tensor('float32', Float32Array.of(-0)), tensor('float32', Float32Array.of(0))],
    ['two NaN', tensor('float16', Uint16Array.of(0x7e00)), tensor('float16', Uint16Array.of(0x7e01))],
  ])('are %s, at any tolerance', (_, a, b) => {
    expect(agreementOf(a, b)).toBe('within_tolerance');
  });

  it('counts integers exactly, beyond what a double can hold', () => {
    const [a, b] = [2n ** 53n, 2n ** 53n + 1n].map((number) => tensor('int64', BigInt64Array.of(number)));
    expect(agreementOf(a!, b!)).toBe('different');
    expect(agreementOf(a!, b!, 1e-9)).toBe('within_tolerance');
    const ends = [0n, 2n ** 64n - 1n].map((number) => tensor('uint64', BigUint64Array.of(number)));
    expect(agreementOf(ends[0]!, ends[1]!, 0.5)).toBe('different');
  });

  it('is numbers anywhere in JSON', () => {
    const a = { list: [1, { deep: 2 }], text: 'x', none: null };
    expect(agreementOf(a, { list: [1, { deep: 2.001 }], text: 'x', none: null }, 0.01)).toBe(
      'within_tolerance',
    );
    expect(agreementOf(a, { list: [1, { deep: 2.1 }], text: 'x', none: null }, 0.01)).toBe('different');
  });
});

describe('different', () => {
  const f = (...numbers: number[]) => tensor('float32', Float32Array.from(numbers));
  it.each([
    ['an infinity and a number', f(Number.POSITIVE_INFINITY), f(5)],
    ['two infinities', f(Number.POSITIVE_INFINITY), f(Number.NEGATIVE_INFINITY)],
    ['NaN and a number', f(Number.NaN), f(0)],
    ['another type', f(1), tensor('float64', Float64Array.of(1))],
    ['other dims', f(1, 2), tensor('float32', Float32Array.of(1, 2), [1, 2])],
    ['another name', f(1), { y: f(1).x }],
    ['one more', f(1), { ...f(1), y: f(1).x }],
    ['other strings', tensor('string', ['a']), tensor('string', ['b'])],
    ['other truth values', tensor('bool', Uint8Array.of(1)), tensor('bool', Uint8Array.of(0))],
    [
      'another top class in the second row',
      tensor('int32', Int32Array.of(2, 1, 1, 2), [2, 2]),
      tensor('int32', Int32Array.of(2, 1, 2, 1), [2, 2]),
    ],
    ['tensors and JSON', f(1), { x: 1 }],
    ['a list and an object', [1], { 0: 1 }],
    ['another member', { a: 1 }, { b: 1 }],
    ['a member less', { a: 1, b: 1 }, { a: 1 }],
    ['null and an object', null, {}],
    ['a number and its text', 1, '1'],
    ['texts', 'a', 'b'],
  ] as [string, Payload, Payload][])('are %s, whatever the tolerance', (_, a, b) => {
    expect(agreementOf(a, b, 1e6)).toBe('different');
    expect(agreementOf(b, a, 1e6)).toBe('different');
  });

  it('is symmetric for any JSON', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(comparePayloads(a, b, 0.1)).toEqual(comparePayloads(b, a, 0.1));
      }),
    );
  });
});

function arrayOf(type: string, bytes: Uint8Array): unknown {
  const { buffer } = new Uint8Array(bytes.slice(0, bytes.length - (bytes.length % 8)));
  if (type === 'float32') return new Float32Array(buffer);
  if (type === 'float64') return new Float64Array(buffer);
  if (type === 'int64') return new BigInt64Array(buffer);
  return type === 'float16' ? new Uint16Array(buffer) : new Uint8Array(buffer);
}
