/** Tensor element types, named as in ONNX Runtime. */
export type TensorType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string';

/** The JavaScript array that holds each element type. `float16` is held as its raw bits; `bool` as 0 and 1. */
export interface TensorDataMap {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  string: readonly string[];
}

export type TensorData = TensorDataMap[TensorType];

/**
 * A dense tensor in row-major order: `data.length` equals the product of `dims`.
 *
 * @example
 * const tensor: Tensor = { type: 'int32', dims: [1, 3], data: Int32Array.of(7, 8, 9) };
 */
export type Tensor = {
  [T in TensorType]: { readonly type: T; readonly dims: readonly number[]; readonly data: TensorDataMap[T] };
}[TensorType];

/** Named tensors: what a model takes and gives. */
export type Tensors = Readonly<Record<string, Tensor>>;
