import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJson } from '../src/isJson.js';

describe('isJson', () => {
  it('holds for every JSON value, also after a structured clone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isJson(value)).toBe(true);
        expect(isJson(structuredClone(value))).toBe(true);
      }),
    );
    expect(isJson(Object.assign(Object.create(null), { a: 1 }))).toBe(true);
  });

  it.each([
    ['undefined', undefined],
    ['a bigint', 1n],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a typed array', new Uint8Array(1)],
    ['an array buffer', new ArrayBuffer(1)],
    ['a sparse array', new Array(2)],
    ['an instance', new (class Thing {})()],
    ['an undefined member', { a: [{ b: undefined }] }],
  ])('does not hold for %s', (_, value) => {
    expect(isJson(value)).toBe(false);
    expect(isJson([value])).toBe(false);
  });
});
