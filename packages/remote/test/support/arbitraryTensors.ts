import type { Tensor, Tensors, TensorType } from '@predcache/core';
import fc from 'fast-check';

const dims = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });

/** Any element of a type that its binary form can carry; NaN only with the one bit pattern that JavaScript keeps. */
const elements: Readonly<Record<TensorType, fc.Arbitrary<unknown>>> = {
  float32: fc.float(),
  float64: fc.double(),
  float16: fc.integer({ min: 0, max: 0xffff }),
  int8: fc.integer({ min: -128, max: 127 }),
  uint8: fc.integer({ min: 0, max: 255 }),
  int16: fc.integer({ min: -32_768, max: 32_767 }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  bool: fc.integer({ min: 0, max: 1 }),
  string: fc.string({ unit: 'binary' }),
};

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

export const allTypes = Object.keys(elements) as readonly TensorType[];

/** Types that JSON can carry. */
export const jsonTypes = allTypes.filter((type) => type !== 'float16');

export function tensorOf(type: TensorType, shape: readonly number[], data: readonly unknown[]): Tensor {
  const array =
    type === 'string' ? data : (arrays[type] as unknown as { from(of: unknown): unknown }).from(data);
  return { type, dims: shape, data: array } as unknown as Tensor;
}

export function arbitraryTensor(types: readonly TensorType[], finite: boolean): fc.Arbitrary<Tensor> {
  return fc.tuple(fc.constantFrom(...types), dims).chain(([type, shape]) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    const element = elements[type].filter(
      (value) => !finite || typeof value !== 'number' || Number.isFinite(value),
    );
    return fc
      .array(element, { minLength: count, maxLength: count })
      .map((data) => tensorOf(type, shape, data));
  });
}

/** One to four tensors, with any names there are. */
export function arbitraryTensors(types: readonly TensorType[], finite: boolean): fc.Arbitrary<Tensors> {
  const named = fc.tuple(fc.string({ unit: 'grapheme' }), arbitraryTensor(types, finite));
  return fc
    .uniqueArray(named, { minLength: 1, maxLength: 4, selector: ([name]) => name })
    .map((list) => Object.fromEntries(list));
}

/** A tensor's exact content: bytes for numbers, so that -0, NaN and the element type count. */
export function bitsOf(tensors: Tensors): unknown {
  return Object.entries(tensors).map(([name, { type, dims, data }]) => [
    name,
    type,
    [...dims],
    ArrayBuffer.isView(data)
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
      : [...data],
  ]);
}
