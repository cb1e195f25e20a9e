import { looksLikeTensors, validateTensors } from '@predcache/core';
import { tensorsOfEveryType } from '@predcache/core/testing';
import { describe, expect, it } from 'vitest';

const data = Float32Array.of(1, 2);

describe('validateTensors', () => {
  it('takes every type', () => {
    expect(() => validateTensors(tensorsOfEveryType)).not.toThrow();
    expect(() =>
      validateTensors({ scalar: { type: 'float32', dims: [], data: Float32Array.of(1) } }),
    ).not.toThrow();
  });

  it('says which tensor is wrong, what came and what was expected', () => {
    const bad: [unknown, RegExp][] = [
      [{ type: 'float99', dims: [2], data }, /Unknown tensor type "float99".*float32, uint8/],
      [{ type: 'toString', dims: [2], data }, /Unknown tensor type "toString"/],
      [{ type: 'float32', dims: [3], data }, /dims \[3\] hold 3 elements, its data 2/],
      [{ type: 'float32', dims: [2, -1], data }, /dims are \[2, -1\]/],
      [{ type: 'float32', dims: [0.5, 4], data }, /dims are \[0\.5, 4\]/],
      [{ type: 'float32', dims: 2, data }, /dims are 2/],
      [{ type: 'float32', dims: [2 ** 52, 2 ** 52], data }, /hold/],
      [{ type: 'float32', dims: [2], data: [1, 2] }, /data of a float32 tensor is \[1, 2\].*Float32Array/],
      [{ type: 'float32', dims: [2], data: Float64Array.of(1, 2) }, /is a Float64Array.*Pass Float32Array/],
      [{ type: 'int64', dims: [1], data: Int32Array.of(1) }, /is a Int32Array.*BigInt64Array/],
      [{ type: 'string', dims: [1], data: [1] }, /an array of strings/],
      [{ type: 'float32', dims: [1], data: new DataView(new ArrayBuffer(4)) }, /is a DataView/],
      [null, /null, not a tensor/],
      [7, /number, not a tensor/],
    ];
    for (const [tensor, message] of bad) {
      expect(() => validateTensors({ good: { type: 'float32', dims: [2], data }, bad: tensor })).toThrow(
        expect.objectContaining({
          code: 'INPUT_TENSOR_INVALID',
          where: 'tensor "bad"',
          message: expect.stringMatching(message),
        }),
      );
    }
  });

  it('takes for tensors what is meant as such, and for JSON what is not', () => {
    expect(looksLikeTensors({ x: { type: 'float99', dims: [2], data } })).toBe(true);
    expect(looksLikeTensors({ x: { type: 'string', dims: [1], data: ['a'] } })).toBe(true);
    for (const json of [
      {},
      [],
      null,
      'x',
      { x: { type: 'point', dims: [1], data: [1] } },
      { x: { data } },
      data,
    ]) {
      expect(looksLikeTensors(json)).toBe(false);
    }
  });
});
