import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameInput } from '../src/sameInput.js';

const cyclic = () => {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
};
const date = new Date(0);

test.each([
  ['texts', 'a', 'a'],
  ['NaN', Number.NaN, Number.NaN],
  ['objects, whatever the order of their names', { a: 1, b: [2] }, { b: [2], a: 1 }],
  ['objects without a prototype', Object.create(null), Object.create(null)],
  ['typed arrays', { data: Float32Array.of(1, Number.NaN) }, { data: Float32Array.of(1, Number.NaN) }],
  ['one and the same of anything else', [date], [date]],
])('the same: %s', (_, a, b) => expect(isSameInput(a, b)).toBe(true));

test.each([
  ['another value', { a: 1 }, { a: 2 }],
  ['a name more', { a: 1 }, { a: 1, b: undefined }],
  ['another name', { a: undefined }, { b: undefined }],
  ['an item more', [1], [1, 2]],
  ['null and an object', null, {}],
  ['an array and an object', [], {}],
  ['another type of numbers', Float32Array.of(1), Int32Array.of(1)],
  ['0 and -0, which keys tell apart', 0, -0],
  ['two of what has no content to compare', new Date(0), new Date(0)],
  ['two maps', new Map([[1, 1]]), new Map([[2, 2]])],
  ['two views of bytes', new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(1))],
  ['cycles, without going round for ever', cyclic(), cyclic()],
])('not the same: %s', (_, a, b) => {
  expect(isSameInput(a, b)).toBe(false);
  expect(isSameInput(b, a)).toBe(false);
});

test('any JSON value is the same as its copy', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => isSameInput(value, structuredClone(value))));
});
