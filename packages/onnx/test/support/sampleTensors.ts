import type { Tensor, TensorType } from '@predcache/core';
import { elementTypes } from './onnxModel.js';

export const tensorTypes = Object.keys(elementTypes) as TensorType[];

const samples: { readonly [T in TensorType]: Extract<Tensor, { type: T }>['data'] } = {
  float32: Float32Array.of(0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 1e-45),
  float64: Float64Array.of(0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324),
  // 0, -0, 1, the largest, infinity and a NaN with a payload, as bits
  float16: Uint16Array.of(0x0000, 0x8000, 0x3c00, 0x7bff, 0x7c00, 0x7e01),
  int8: Int8Array.of(-128, -1, 0, 127),
  uint8: Uint8Array.of(0, 1, 128, 255),
  int16: Int16Array.of(-32_768, -1, 0, 32_767),
  uint16: Uint16Array.of(0, 1, 32_768, 65_535),
  int32: Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1),
  uint32: Uint32Array.of(0, 1, 2 ** 31, 2 ** 32 - 1),
  int64: BigInt64Array.of(-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n),
  uint64: BigUint64Array.of(0n, 1n, 2n ** 63n, 2n ** 64n - 1n),
  bool: Uint8Array.of(0, 1, 1, 0),
  string: ['', 'plain', 'ünïcödé', '日本語', '🙂'],
};

/** A tensor [N] with the values of a type most likely to be spoilt. */
export function tensorOf(type: TensorType): Tensor {
  const data = samples[type];
  return { type, dims: [data.length], data } as Tensor;
}
