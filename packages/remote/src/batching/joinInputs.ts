import type { Tensor, TensorData, Tensors } from '@predcache/core';

/** Inputs that one request can carry, and where in the batch they stand. */
export interface InputGroup {
  readonly indexes: readonly number[];
  /** Of each: how long its first axis is. */
  readonly rows: readonly number[];
  readonly inputs: Tensors;
}

/**
 * Groups inputs whose tensors differ in nothing but their data and first axis, in order, and joins each group along that
 * axis. A group has at most `maxRows` rows, unless a single input has more.
 */
export function groupInputs(batch: readonly Tensors[], maxRows: number): InputGroup[] {
  const groups: { key: string; indexes: number[]; rows: number[]; total: number }[] = [];
  for (const [index, input] of batch.entries()) {
    const rows = rowsOf(input);
    // What has no first axis of its own is joined with nothing.
    const key = rows === undefined ? `#${index}` : keyOf(input);
    const open = groups.find((group) => group.key === key && group.total + (rows ?? 1) <= maxRows);
    const group = open ?? { key, indexes: [], rows: [], total: 0 };
    if (open === undefined) groups.push(group);
    group.indexes.push(index);
    group.rows.push(rows ?? 1);
    group.total += rows ?? 1;
  }
  return groups.map(({ indexes, rows }) => ({
    indexes,
    rows,
    inputs: joinTensors(indexes.map((index) => batch[index]!)),
  }));
}

/** The length of the first axis that all tensors of an input have in common. */
function rowsOf(input: Tensors): number | undefined {
  const lengths = new Set(Object.values(input).map(({ dims }) => dims[0]));
  const [length] = lengths;
  return lengths.size === 1 ? length : undefined;
}

function keyOf(input: Tensors): string {
  const parts = Object.entries(input).map(([name, { type, dims }]) => [name, type, dims.slice(1)] as const);
  return JSON.stringify(parts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function joinTensors(inputs: readonly Tensors[]): Tensors {
  const [first] = inputs;
  if (inputs.length === 1) return first!;
  return Object.fromEntries(
    Object.keys(first!).map((name) => [name, joined(inputs.map((input) => input[name]!))]),
  );
}

function joined(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  const { type, dims } = first!;
  const rows = tensors.reduce((sum, tensor) => sum + tensor.dims[0]!, 0);
  const data = joinData(tensors.map((tensor) => tensor.data));
  return { type, dims: [rows, ...dims.slice(1)], data } as Tensor;
}

function joinData(parts: readonly TensorData[]): TensorData {
  const [first] = parts;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (Array.isArray(first)) return parts.flat() as string[];
  const Same = (first as Float32Array).constructor as new (length: number) => Float32Array;
  const data = new Same(length);
  let at = 0;
  for (const part of parts) {
    data.set(part as Float32Array, at);
    at += part.length;
  }
  return data;
}
