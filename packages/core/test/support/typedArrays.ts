import type { TensorType } from '@predcache/core';

const constructors = {
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
};

/** Raw bytes as a tensor type's array. */
export function toArray(type: TensorType, bytes: Uint8Array<ArrayBuffer>) {
  if (type === 'string') throw new TypeError('Strings have no typed array');
  return new constructors[type](bytes.slice().buffer);
}
