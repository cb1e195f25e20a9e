import { onnxModel } from './onnxModel.js';

// Models whose dims look as if rows were computed apart from each other.

const row = ['N', 4];

/** `y[i] = x[0] + … + x[i]`. */
export function cumulativeModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N'] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N'] }],
    nodes: [{ op: 'CumSum', inputs: ['x', 'axis'], outputs: ['y'] }],
    initializers: [{ name: 'axis', type: 'int64', dims: [], data: BigInt64Array.of(0n) }],
  });
}

/** Quantises with a scale that is taken from all that comes, as dynamically quantised networks do before each layer. */
export function quantizedModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: row }],
    outputs: [{ name: 'y', type: 'uint8', dims: row }],
    nodes: [{ op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['y', 'scale', 'zero'] }],
  });
}

/** The first row, whatever comes after it. */
export function firstRowModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: row }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 4] }],
    nodes: [{ op: 'Slice', inputs: ['x', 'from', 'to', 'axis'], outputs: ['y'] }],
    initializers: [
      { name: 'from', type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
      { name: 'to', type: 'int64', dims: [1], data: BigInt64Array.of(1n) },
      { name: 'axis', type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
    ],
  });
}

/** Fails for more than one row. */
export function fixedInsideModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: row }],
    outputs: [{ name: 'y', type: 'float32', dims: row }],
    nodes: [
      { op: 'Squeeze', inputs: ['x', 'axis'], outputs: ['only'] },
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Expand', inputs: ['only', 'shape'], outputs: ['y'] },
    ],
    initializers: [{ name: 'axis', type: 'int64', dims: [1], data: BigInt64Array.of(0n) }],
  });
}

/** Two rows for one. */
export function reshapingModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: row }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 2] }],
    nodes: [{ op: 'Reshape', inputs: ['x', 'to'], outputs: ['y'] }],
    initializers: [{ name: 'to', type: 'int64', dims: [2], data: BigInt64Array.of(-1n, 2n) }],
  });
}

/** As many rows as came, each with how many came. */
export function sizeOfModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: row }],
    outputs: [{ name: 'y', type: 'int64', dims: ['N', 2] }],
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Cast', inputs: ['x'], outputs: ['numbers'], attributes: { to: 7 } },
      { op: 'Slice', inputs: ['numbers', 'from', 'to', 'axis'], outputs: ['half'] },
      { op: 'Mul', inputs: ['half', 'zero'], outputs: ['zeros'] },
      { op: 'Add', inputs: ['zeros', 'shape'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'from', type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
      { name: 'to', type: 'int64', dims: [1], data: BigInt64Array.of(2n) },
      { name: 'axis', type: 'int64', dims: [1], data: BigInt64Array.of(1n) },
      { name: 'zero', type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
    ],
  });
}
