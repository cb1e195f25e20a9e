import type { TensorType } from '@predcache/core';
import { onnxModel } from './onnxModel.js';

/** `y = x`, for tensors of one type and dynamic length. */
export function identityModel(type: TensorType = 'float32'): Uint8Array {
  const dims = ['N'];
  return onnxModel({
    inputs: [{ name: 'x', type, dims }],
    outputs: [{ name: 'y', type, dims }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  });
}

/** `sum = a + b`, both float32 [N, 2]. */
export function addModel(): Uint8Array {
  return onnxModel({
    inputs: [
      { name: 'a', type: 'float32', dims: ['N', 2] },
      { name: 'b', type: 'float32', dims: ['N', 2] },
    ],
    outputs: [{ name: 'sum', type: 'float32', dims: ['N', 2] }],
    nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] }],
  });
}

/** `y = x * factor`: two of them differ in their answers alone. */
export function scaleModel(factor: number): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N'] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N'] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'factor'], outputs: ['y'] }],
    initializers: [{ name: 'factor', dims: [1], data: Float32Array.of(factor) }],
  });
}

/** `times` products of `x` [N, size] with a weight matrix: arithmetic enough to keep a core busy. */
export function busyModel({ size, times }: { size: number; times: number }): Uint8Array {
  const names = ['x', ...Array.from({ length: times - 1 }, (_, index) => `h${index}`), 'y'];
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N', size] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', size] }],
    nodes: Array.from({ length: times }, (_, index) => ({
      op: 'MatMul',
      inputs: [names[index]!, 'w'],
      outputs: [names[index + 1]!],
    })),
    initializers: [{ name: 'w', dims: [size, size], data: new Float32Array(size * size).fill(1 / size) }],
  });
}

/** Each `x` of [N, 1] `width` times: with many of them more than any memory holds. */
export function widenModel(width: number): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 1] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', width] }],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dims: [1, width], data: new Float32Array(width).fill(1) }],
  });
}

/** `y[i] = table[x[i]]` for a table of 4: an index of 4 or more makes the run itself fail. */
export function lookupModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'int64', dims: ['N'] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N'] }],
    nodes: [{ op: 'Gather', inputs: ['table', 'x'], outputs: ['y'], attributes: { axis: 0 } }],
    initializers: [{ name: 'table', dims: [4], data: Float32Array.of(10, 20, 30, 40) }],
  });
}

/** A model whose output is a sequence, which no tensor can hold. */
export function sequenceModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N'] }],
    outputs: [{ name: 'y', type: 'float32', sequence: true }],
    nodes: [{ op: 'SequenceConstruct', inputs: ['x'], outputs: ['y'] }],
  });
}
