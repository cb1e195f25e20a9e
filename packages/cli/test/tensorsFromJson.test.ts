import type { Tensors } from '@predcache/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensorsFromJson } from '../src/inputs/tensorsFromJson.js';
import { bitsOf } from './support/packs.js';

const read = (type: string, data: unknown, dims: readonly number[] = [(data as unknown[]).length]) =>
  tensorsFromJson({ x: { type, dims, data } }).x!.data;

describe('tensorsFromJson', () => {
  it('reads every type from an array', () => {
    expect(read('float32', [0.1, -0, 5e-324])).toEqual(Float32Array.of(0.1, -0, 0));
    expect(read('float64', [0.1, -0])).toEqual(Float64Array.of(0.1, -0));
    expect(read('int8', [-128, 127])).toEqual(Int8Array.of(-128, 127));
    expect(read('uint8', [0, 255])).toEqual(Uint8Array.of(0, 255));
    expect(read('int16', [-32768, 32767])).toEqual(Int16Array.of(-32768, 32767));
    expect(read('uint16', [65535])).toEqual(Uint16Array.of(65535));
    expect(read('int32', [-(2 ** 31)])).toEqual(Int32Array.of(-(2 ** 31)));
    expect(read('uint32', [2 ** 32 - 1])).toEqual(Uint32Array.of(2 ** 32 - 1));
    expect(read('int64', [-7, '-9223372036854775808'])).toEqual(BigInt64Array.of(-7n, -(2n ** 63n)));
    expect(read('uint64', [7, '18446744073709551615'])).toEqual(BigUint64Array.of(7n, 2n ** 64n - 1n));
    expect(read('bool', [true, false, 1, 0])).toEqual(Uint8Array.of(1, 0, 1, 0));
    expect(read('string', ['é', ''])).toEqual(['é', '']);
    expect(read('float32', [], [2, 0])).toEqual(Float32Array.of());
  });

  it.each([
    ['int8', 128],
    ['uint8', -1],
    ['int32', 1.5],
    ['int32', '1'],
    ['int32', null],
    ['uint32', 2 ** 32],
    ['int64', 2 ** 53],
    ['int64', '9223372036854775808'],
    ['int64', '1e3'],
    ['int64', ''],
    ['uint64', -1],
    ['bool', 2],
    ['float32', 1e39],
    ['float32', 'NaN'],
    ['float16', 1],
    ['string', 1],
  ])('refuses for a %s the element %j', (type, element) => {
    const invalid = expect.objectContaining({ code: 'INPUT_TENSOR_INVALID', where: 'tensor "x"' });
    expect(() => read(type, [element])).toThrowError(invalid);
  });

  it.each([
    ['no object', 'x'],
    ['an array', []],
    ['nothing', {}],
    ['a bare array', { x: [1] }],
    ['an unknown type', { x: { type: 'float', dims: [1], data: [1] } }],
    ['no dims', { x: { type: 'int32', data: [1] } }],
    ['other dims', { x: { type: 'int32', dims: [2], data: [1] } }],
    ['no data', { x: { type: 'int32', dims: [1] } }],
    ['nested data', { x: { type: 'int32', dims: [1, 1], data: [[1]] } }],
    ['a shape', { x: { type: 'int32', dims: [1], shape: [1], data: [1] } }],
    ['bad base64', { x: { type: 'int32', dims: [1], data: 'AAAA!AA=' } }],
    ['base64 without padding', { x: { type: 'int32', dims: [1], data: 'AAAAAA' } }],
    ['half an element', { x: { type: 'int32', dims: [1], data: 'AAAA' } }],
    ['a bool of 2', { x: { type: 'bool', dims: [1], data: 'Ag==' } }],
  ])('refuses %s', (_, value) => {
    const invalid = expect.objectContaining({ code: 'INPUT_TENSOR_INVALID' });
    expect(() => tensorsFromJson(value)).toThrowError(invalid);
  });

  it('reads back any bits written as base64', () => {
    const arrays = fc.oneof(
      fc.float32Array().map((data) => ({ type: 'float32', data })),
      fc.float64Array().map((data) => ({ type: 'float64', data })),
      fc.uint16Array().map((data) => ({ type: 'float16', data })),
      fc.bigInt64Array().map((data) => ({ type: 'int64', data })),
      fc.int8Array().map((data) => ({ type: 'int8', data })),
    );
    fc.assert(
      fc.property(arrays, ({ type, data }) => {
        const tensors = { x: { type, dims: [data.length], data } } as Tensors;
        const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
        const json = { x: { type, dims: [data.length], data: text } };
        expect(bitsOf(tensorsFromJson(JSON.parse(JSON.stringify(json))))).toEqual(bitsOf(tensors));
      }),
    );
  });
});
