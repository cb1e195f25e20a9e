import type { Tensor, Tensors } from '@predcache/core';

/** The items' tensors put together along the first axis. They must agree in everything else. */
export function concatTensors(items: readonly Tensors[]): Tensors {
  const names = Object.keys(items[0]!);
  return Object.fromEntries(names.map((name) => [name, concat(items.map((tensors) => tensors[name]!))]));
}

function concat(parts: readonly Tensor[]): Tensor {
  const { type, dims } = parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.dims[0]!, 0);
  return { type, dims: [rows, ...dims.slice(1)], data: joined(type, parts) } as Tensor;
}

function joined(type: Tensor['type'], parts: readonly Tensor[]): Tensor['data'] {
  if (type === 'string') return parts.flatMap((part) => part.data as readonly string[]);
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  // Not the first part's own constructor: it may be a Buffer of Node's.
  const all = new (arrays[type] as Float32ArrayConstructor)(length);
  let at = 0;
  for (const { data } of parts) {
    all.set(data as Float32Array, at);
    at += data.length;
  }
  return all;
}

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
