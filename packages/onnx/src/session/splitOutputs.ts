import type { Tensor, Tensors } from '@predcache/core';

/**
 * What each item gets of outputs that were computed together: its own rows, in arrays of their own.
 *
 * @param rows how many rows each item put in, in order
 * @returns `undefined` when an output has not as many rows as were put in: its first axis means something else.
 */
export function splitOutputs(outputs: Tensors, rows: readonly number[]): Tensors[] | undefined {
  const all = rows.reduce((sum, count) => sum + count, 0);
  if (Object.values(outputs).some(({ dims }) => dims[0] !== all)) return undefined;
  let at = 0;
  return rows.map((count) => {
    const first = at;
    at += count;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, slice(tensor, first, count)]),
    );
  });
}

function slice({ type, dims, data }: Tensor, first: number, count: number): Tensor {
  const rowLength = data.length / dims[0]!;
  const own = data.slice(first * rowLength, (first + count) * rowLength);
  return { type, dims: [count, ...dims.slice(1)], data: own } as Tensor;
}
