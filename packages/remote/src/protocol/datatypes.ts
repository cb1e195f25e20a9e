import type { TensorType } from '@predcache/core';

/** Tensor element types, as the Open Inference Protocol v2 names them. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

interface DatatypeTraits {
  readonly type: TensorType;
  /** Bytes per element in the binary form; `undefined` where elements differ in length. */
  readonly elementSize: number | undefined;
}

const traits: Readonly<Record<Datatype, DatatypeTraits>> = {
  BOOL: { type: 'bool', elementSize: 1 },
  UINT8: { type: 'uint8', elementSize: 1 },
  UINT16: { type: 'uint16', elementSize: 2 },
  UINT32: { type: 'uint32', elementSize: 4 },
  UINT64: { type: 'uint64', elementSize: 8 },
  INT8: { type: 'int8', elementSize: 1 },
  INT16: { type: 'int16', elementSize: 2 },
  INT32: { type: 'int32', elementSize: 4 },
  INT64: { type: 'int64', elementSize: 8 },
  FP16: { type: 'float16', elementSize: 2 },
  FP32: { type: 'float32', elementSize: 4 },
  FP64: { type: 'float64', elementSize: 8 },
  BYTES: { type: 'string', elementSize: undefined },
};

const datatypeByType: ReadonlyMap<string, Datatype> = /* @__PURE__ */ new Map(
  (Object.keys(traits) as Datatype[]).map((datatype) => [traits[datatype].type, datatype]),
);

export const datatypes = Object.keys(traits) as readonly Datatype[];

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === 'string' && Object.hasOwn(traits, value);
}

/** For instance `float32` of `FP32`. `BYTES` is `string`, read and written as UTF-8. */
export function tensorTypeOf(datatype: Datatype): TensorType {
  return traits[datatype].type;
}

/** For instance `FP32` of `float32`; `undefined` for what is no tensor type. */
export function datatypeOf(type: TensorType): Datatype;
export function datatypeOf(type: unknown): Datatype | undefined;
export function datatypeOf(type: unknown): Datatype | undefined {
  return typeof type === 'string' ? datatypeByType.get(type) : undefined;
}

/** Bytes per element in the binary form; `undefined` for `BYTES`, whose elements carry their own length. */
export function elementSizeOf(datatype: Datatype): number | undefined {
  return traits[datatype].elementSize;
}
