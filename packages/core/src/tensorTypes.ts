import type { TensorData, TensorType } from './tensor.js';

interface TensorTypeTraits {
  /** The element type's number in ONNX's TensorProto.DataType; part of the key layout, so it never changes. */
  readonly code: number;
  /** `Symbol.toStringTag` of the arrays accepted as data: unlike `instanceof`, it works across realms. */
  readonly arrays: readonly string[];
}

const traits: Readonly<Record<TensorType, TensorTypeTraits>> = {
  float32: { code: 1, arrays: ['Float32Array'] },
  uint8: { code: 2, arrays: ['Uint8Array'] },
  int8: { code: 3, arrays: ['Int8Array'] },
  uint16: { code: 4, arrays: ['Uint16Array'] },
  int16: { code: 5, arrays: ['Int16Array'] },
  int32: { code: 6, arrays: ['Int32Array'] },
  int64: { code: 7, arrays: ['BigInt64Array'] },
  string: { code: 8, arrays: [] },
  bool: { code: 9, arrays: ['Uint8Array'] },
  float16: { code: 10, arrays: ['Uint16Array', 'Float16Array'] },
  float64: { code: 11, arrays: ['Float64Array'] },
  uint32: { code: 12, arrays: ['Uint32Array'] },
  uint64: { code: 13, arrays: ['BigUint64Array'] },
};

export const tensorTypes = Object.keys(traits) as readonly TensorType[];

export function isTensorType(value: unknown): value is TensorType {
  return typeof value === 'string' && Object.hasOwn(traits, value);
}

export function tensorTypeCode(type: TensorType): number {
  return traits[type].code;
}

/** The type that a number stands for, if any. */
export function tensorTypeOfCode(code: number): TensorType | undefined {
  return tensorTypes.find((type) => traits[type].code === code);
}

/** The names of the arrays that may hold a type's data, for messages. */
export function acceptedArrays(type: TensorType): string {
  return type === 'string' ? 'an array of strings' : traits[type].arrays.join(' or ');
}

export function isDataOf(type: TensorType, data: unknown): data is TensorData {
  // Array.from, because every() passes over the holes of sparse arrays.
  if (type === 'string') {
    return Array.isArray(data) && Array.from(data).every((element) => typeof element === 'string');
  }
  return ArrayBuffer.isView(data) && traits[type].arrays.includes(arrayName(data));
}

/** For instance `Float32Array`; `DataView` for views that are no typed arrays. */
export function arrayName(view: ArrayBufferView): string {
  return (view as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? 'DataView';
}

interface TypedArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Exclude<TensorData, readonly string[]>;
}

/** This realm's plain array of a view's kind. */
export function arrayOf(view: ArrayBufferView): TypedArrayConstructor {
  return (globalThis as unknown as Record<string, TypedArrayConstructor>)[arrayName(view)]!;
}

/** The array that holds a type's data in stored entries: for `float16` its bits, as everywhere here. */
export function storedArrayOf(type: Exclude<TensorType, 'string'>): TypedArrayConstructor {
  return (globalThis as unknown as Record<string, TypedArrayConstructor>)[traits[type].arrays[0]!]!;
}
