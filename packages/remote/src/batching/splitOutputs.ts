import type { Tensor, TensorData, Tensors } from '@predcache/core';

/**
 * Takes the outputs of a joined request apart along their first axis; the parts share no memory. `undefined` where an
 * output's first axis is not as long as the inputs' was: the model then computes something across its rows.
 */
export function splitOutputs(outputs: Tensors, rows: readonly number[]): Tensors[] | undefined {
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (!Object.values(outputs).every(({ dims }) => dims[0] === total)) return undefined;
  let at = 0;
  return rows.map((count) => {
    const from = at;
    at += count;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, rowsFrom(tensor, from, count)]),
    );
  });
}

function rowsFrom({ type, dims, data }: Tensor, from: number, count: number): Tensor {
  const rest = dims.slice(1);
  const size = rest.reduce((product, dim) => product * dim, 1);
  const part: TensorData = data.slice(from * size, (from + count) * size);
  return { type, dims: [count, ...rest], data: part } as Tensor;
}
