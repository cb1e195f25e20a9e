import type { Tensor, Tensors, TensorType } from '@predcache/core';
import { decodeInferRequest, encodeInferRequest, headerLengthName } from '@predcache/remote';
import { describe, expect, it } from 'vitest';
import { bitsOf, tensorOf } from './support/arbitraryTensors.js';
import { binaryMessage, bytesOf, textOf } from './support/bytes.js';
import { thrown } from './support/errors.js';

function readJson(datatype: string, shape: string, data: string): Tensor {
  const text = `{"inputs":[{"name":"x","shape":${shape},"datatype":"${datatype}","data":${data}}]}`;
  return decodeInferRequest(bytesOf(text), undefined).inputs.x!;
}

function readBinary(datatype: string, shape: readonly number[], raw: Uint8Array, size = raw.length): Tensor {
  const input = { name: 'x', shape, datatype, parameters: { binary_data_size: size } };
  const { body, length } = binaryMessage({ inputs: [input] }, raw);
  return decodeInferRequest(body, length).inputs.x!;
}

function writeJson(tensor: Tensor): string {
  const text = textOf(encodeInferRequest({ inputs: { x: tensor } }, 'json').body);
  return text.slice(text.indexOf('"data":') + 7, -3);
}

describe('tensor data as JSON', () => {
  it('writes 64-bit integers digit by digit and -0 as a float', () => {
    expect(writeJson(tensorOf('int64', [3], [2n ** 63n - 1n, -(2n ** 63n), 5n]))).toBe(
      '[9223372036854775807,-9223372036854775808,5]',
    );
    expect(writeJson(tensorOf('float32', [4], [0.1, -0, 0, 1e20]))).toBe(
      '[0.10000000149011612,-0.0,0,100000002004087730000]',
    );
    expect(writeJson(tensorOf('bool', [3], [1, 0, 7]))).toBe('[true,false,true]');
    expect(writeJson(tensorOf('string', [2], ['a"b', '']))).toBe('["a\\"b",""]');
  });

  it.each([
    ['INT64', '[9007199254740993, -9223372036854775808]', [9007199254740993n, -(2n ** 63n)]],
    ['UINT64', '[18446744073709551615,0]', [2n ** 64n - 1n, 0n]],
    ['INT64', '[12345678901234567\n,1]', [12345678901234567n, 1n]],
  ] as const)('reads integers beyond 2^53 exactly: %s %s', (datatype, data, expected) => {
    expect([...(readJson(datatype, '[2]', data).data as BigInt64Array)]).toEqual(expected);
  });

  it('is not confused by digits in strings, fractions and exponents beside long integers', () => {
    const text = String.raw`{"id":"#integer:12345678901234567890","inputs":[
      {"name":"s","shape":[4],"datatype":"BYTES","data":["12345678901234567890","a\\\"[12345678901234567890,","\\","[1"]},
      {"name":"f","shape":[4],"datatype":"FP64","data":[0.12345678901234567890,12345678901234567000,1e2,-12345678901234567000.5]},
      {"name":"i","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}`;
    const { id, inputs } = decodeInferRequest(bytesOf(text), null);
    expect(id).toBe('#integer:12345678901234567890');
    expect(inputs.s?.data).toEqual(['12345678901234567890', 'a\\"[12345678901234567890,', '\\', '[1']);
    expect(inputs.f?.data).toEqual(
      Float64Array.of(0.12345678901234568, 12345678901234567000, 100, -12345678901234567000),
    );
    expect(inputs.i?.data).toEqual(BigInt64Array.of(9007199254740993n));
  });

  it('reads a long list of long integers in time that grows with its length alone', () => {
    const data = `[${'9007199254740993,'.repeat(50_000)}1]`;
    expect((readJson('INT64', '[50001]', data).data as BigInt64Array)[49_999]).toBe(9007199254740993n);
  });

  it.each([
    ['[2,2]', '[1,2,3,4]'],
    ['[2,2]', '[[1,2],[3,4]]'],
    ['[1,2,2]', '[[[1,2],[3,4]]]'],
  ])('reads flat and nested data of shape %s: %s', (shape, data) => {
    expect(readJson('FP32', shape, data).data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('reads what is empty', () => {
    expect(readJson('FP32', '[0]', '[]').data.length).toBe(0);
    expect(readJson('FP32', '[2,0]', '[[],[]]').data.length).toBe(0);
    expect(readJson('FP32', '[0,9007199254740991,9007199254740991]', '[]').data.length).toBe(0);
    expect(readJson('INT8', '[]', '[5]')).toEqual({ type: 'int8', dims: [], data: Int8Array.of(5) });
  });

  it.each([
    ['INT8', '[1]', '[128]'],
    ['UINT8', '[1]', '[-1]'],
    ['INT32', '[1]', '[1.5]'],
    ['UINT32', '[1]', '[4294967296]'],
    ['INT64', '[1]', '[9223372036854775808]'],
    ['UINT64', '[1]', '[-1]'],
    ['INT64', '[1]', '[1e300]'],
    ['INT64', '[1]', '[9007199254740993.0]'],
    ['INT64', '[1]', '["5"]'],
    ['FP32', '[1]', '["5"]'],
    ['FP32', '[1]', '[null]'],
    ['FP32', '[1]', '[1e39]'],
    ['FP64', '[1]', '[1e999]'],
    ['BOOL', '[1]', '[2]'],
    ['BOOL', '[1]', '["true"]'],
    ['BYTES', '[1]', '[5]'],
    ['BYTES', '[1]', '["\\ud800"]'],
  ])('refuses an element that is no %s: %s %s', (datatype, shape, data) => {
    expect(thrown(() => readJson(datatype, shape, data)).message).toMatch(/tensor "x"/);
  });

  it.each([
    ['a count that the shape does not have', '[2]', '[1,2,3]'],
    ['data nested otherwise than the shape', '[2,2]', '[[1,2,3],[4]]'],
    ['data nested deeper than the shape', '[2]', '[[1,2]]'],
    ['data nested unevenly', '[2,2]', '[[1,2],3]'],
    ['data that is no array', '[1]', '1'],
    ['missing data', '[1]', 'null'],
    ['a negative length', '[-1]', '[1]'],
    ['a fraction of a length', '[1.5]', '[1]'],
    ['a length beyond 2^53', '[9007199254740993]', '[1]'],
    ['more elements than 2^53', '[94906267,94906267,3]', '[1]'],
    ['a shape that is no array', '4', '[1,2,3,4]'],
    ['a shape of strings', '["1"]', '[1]'],
    ['more axes than any runtime takes', `[${'1,'.repeat(99)}1]`, '[1]'],
  ])('refuses %s', (_what, shape, data) => {
    thrown(() => readJson('FP32', shape, data));
  });

  it.each([
    ['float16', [0x3c00]],
    ['float32', [Number.NaN]],
    ['float64', [Number.NEGATIVE_INFINITY]],
  ] as const)('refuses to write %s of %s, and recommends binary', (type, data) => {
    const error = thrown(() => writeJson(tensorOf(type, [1], data)), 'INPUT_REJECTED');
    expect(error.hint).toContain("format: 'binary'");
  });

  it('refuses FP16 when reading, and names the way out for bare NaN', () => {
    expect(thrown(() => readJson('FP16', '[1]', '[1]')).hint).toContain('binary');
    expect(thrown(() => readJson('FP32', '[1]', '[NaN]')).hint).toContain('binary');
  });
});

describe('tensor data in binary', () => {
  it('is laid out as the protocol says', () => {
    const inputs = {
      f: tensorOf('float32', [2], [1, -0]),
      s: tensorOf('string', [2], ['é', '']),
      h: tensorOf('float16', [1], [0x3c00]),
      b: tensorOf('bool', [2], [1, 0]),
    };
    const { headers, body } = encodeInferRequest({ inputs }, 'binary');
    const length = Number(headers[headerLengthName]);
    expect(headers['Content-Type']).toBe('application/octet-stream');
    expect(Buffer.from(body.subarray(length)).toString('hex')).toBe(
      ['0000803f00000080', '02000000c3a900000000', '003c', '0100'].join(''),
    );
    const sizes = JSON.parse(textOf(body.subarray(0, length))).inputs.map(
      (input: { parameters: unknown }) => input.parameters,
    );
    expect(sizes).toEqual([8, 10, 2, 2].map((size) => ({ binary_data_size: size })));
  });

  it('carries NaN, infinities and FP16, which JSON cannot', () => {
    const inputs: Tensors = {
      x: tensorOf('float32', [3], [Number.NaN, Number.POSITIVE_INFINITY, -0]),
      h: tensorOf('float16', [2], [0x7e00, 0x8000]),
    };
    const { headers, body } = encodeInferRequest({ inputs }, 'binary');
    expect(bitsOf(decodeInferRequest(body, headers[headerLengthName]).inputs)).toEqual(bitsOf(inputs));
  });

  it('reads any byte but 0 as true', () => {
    expect(readBinary('BOOL', [3], Uint8Array.of(0, 1, 255)).data).toEqual(Uint8Array.of(0, 1, 1));
  });

  it('keeps a leading U+FEFF, which TextDecoder takes away by default', () => {
    expect(readBinary('BYTES', [1], Uint8Array.of(4, 0, 0, 0, 0xef, 0xbb, 0xbf, 0x61)).data).toEqual([
      '\uFEFFa',
    ]);
  });

  it.each([
    ['fewer bytes than the shape takes', 'FP32', [2], 4],
    ['more bytes than the shape takes', 'FP32', [1], 8],
    ['an element cut in two', 'INT64', [1], 7],
    ['a string without its length', 'BYTES', [1], 2],
    ['fewer strings than the shape has', 'BYTES', [2], 4],
    ['more strings than the shape has', 'BYTES', [1], 8],
    ['strings where the shape has none', 'BYTES', [0], 4],
  ] as const)('refuses %s', (_what, datatype, shape, size) => {
    thrown(() => readBinary(datatype, shape, new Uint8Array(size)));
  });

  it('refuses a string longer than the bytes left, and one that is no UTF-8', () => {
    thrown(() => readBinary('BYTES', [1], Uint8Array.of(255, 255, 255, 255, 0)));
    thrown(() => readBinary('BYTES', [1], Uint8Array.of(1, 0, 0, 0, 0xff)));
  });

  it.each([-1, 1.5, '4', 5, Number.MAX_SAFE_INTEGER])('refuses a binary_data_size of %s', (size) => {
    thrown(() => readBinary('FP32', [1], new Uint8Array(4), size as number));
  });

  it('refuses bytes that belong to no tensor', () => {
    expect(thrown(() => readBinary('FP32', [1], new Uint8Array(8), 4)).message).toContain('8 bytes follow');
  });
});

describe('what is no tensor', () => {
  it.each([
    ['a type that is none', { type: 'float31', dims: [1], data: [1] }],
    ['dims that do not fit the data', { type: 'int8', dims: [2], data: Int8Array.of(1) }],
  ])('is refused: %s', (_what, tensor) => {
    for (const format of ['json', 'binary'] as const) {
      thrown(
        () => encodeInferRequest({ inputs: { x: tensor as unknown as Tensor } }, format),
        'INPUT_TENSOR_INVALID',
      );
    }
  });

  it('is a string with half of a surrogate pair, which UTF-8 would change', () => {
    const inputs = { x: tensorOf('string' satisfies TensorType, [1], ['a\ud800']) };
    for (const format of ['json', 'binary'] as const) {
      thrown(() => encodeInferRequest({ inputs }, format), 'INPUT_TENSOR_INVALID');
    }
  });
});
