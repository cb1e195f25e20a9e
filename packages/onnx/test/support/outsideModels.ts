import type { Payload, Tensor, Tensors } from '@predcache/core';
import { type Initializer, onnxModel } from './onnxModel.js';
import { randomFloats } from './randomFloats.js';

/** A model as others make them, with what it can be asked. */
export interface OutsideModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Files that belong to it, under the path it names them by. */
  readonly externalData?: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** At least two, answered differently. */
  readonly inputs: readonly Tensors[];
  readonly badInput: Payload;
}

const float32 = (dims: readonly number[], data: Float32Array): Tensor => ({ type: 'float32', dims, data });

/** Reads digits off pictures [N, 1, 28, 28]: two convolutions with pooling, then a dense layer. */
export function digitClassifier(): OutsideModel {
  const random = randomFloats(7);
  const weight = (name: string, ...dims: number[]): Initializer => {
    const fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1);
    const size = dims.reduce((product, dim) => product * dim, 1);
    return { name, dims, data: random(size).map((value) => value / Math.sqrt(fanIn)) };
  };
  const bytes = onnxModel({
    inputs: [{ name: 'image', type: 'float32', dims: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'probabilities', type: 'float32', dims: ['batch', 10] }],
    nodes: [
      {
        op: 'Conv',
        inputs: ['image', 'w1', 'b1'],
        outputs: ['c1'],
        attributes: { kernel_shape: [5, 5], pads: [2, 2, 2, 2] },
      },
      { op: 'Relu', inputs: ['c1'], outputs: ['r1'] },
      {
        op: 'MaxPool',
        inputs: ['r1'],
        outputs: ['p1'],
        attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      },
      {
        op: 'Conv',
        inputs: ['p1', 'w2', 'b2'],
        outputs: ['c2'],
        attributes: { kernel_shape: [5, 5], pads: [2, 2, 2, 2] },
      },
      { op: 'Relu', inputs: ['c2'], outputs: ['r2'] },
      {
        op: 'MaxPool',
        inputs: ['r2'],
        outputs: ['p2'],
        attributes: { kernel_shape: [3, 3], strides: [3, 3] },
      },
      { op: 'Flatten', inputs: ['p2'], outputs: ['f'] },
      { op: 'Gemm', inputs: ['f', 'w3', 'b3'], outputs: ['logits'], attributes: { transB: 1 } },
      { op: 'Softmax', inputs: ['logits'], outputs: ['probabilities'], attributes: { axis: 1 } },
    ],
    initializers: [
      weight('w1', 8, 1, 5, 5),
      weight('b1', 8),
      weight('w2', 16, 8, 5, 5),
      weight('b2', 16),
      weight('w3', 10, 16 * 4 * 4),
      weight('b3', 10),
    ],
  });
  const picture = (): Tensors => ({ image: float32([1, 1, 28, 28], random(28 * 28)) });
  return {
    name: 'a digit classifier',
    bytes,
    inputs: Array.from({ length: 7 }, picture),
    badInput: { image: float32([1, 28, 28], random(28 * 28)) },
  };
}

/** Scores pairs of a query [N, 4] and a document [N, T, 4] with T words. */
export function twoInputModel(): OutsideModel {
  const random = randomFloats(11);
  const bytes = onnxModel({
    inputs: [
      { name: 'query', type: 'float32', dims: ['N', 4, 1] },
      { name: 'document', type: 'float32', dims: ['N', 'T', 4] },
    ],
    outputs: [
      { name: 'score', type: 'float32', dims: ['N', 1, 1] },
      { name: 'best', type: 'int64', dims: ['N', 1, 1] },
    ],
    nodes: [
      { op: 'MatMul', inputs: ['document', 'query'], outputs: ['scores'] },
      { op: 'ReduceMax', inputs: ['scores'], outputs: ['score'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'ArgMax', inputs: ['scores'], outputs: ['best'], attributes: { axis: 1, keepdims: 1 } },
    ],
  });
  const pair = (rows: number, words: number): Tensors => ({
    query: float32([rows, 4, 1], random(rows * 4)),
    document: float32([rows, words, 4], random(rows * words * 4)),
  });
  return {
    name: 'a model with two inputs and two outputs',
    bytes,
    // Of several lengths, and some with several rows.
    inputs: [pair(1, 3), pair(1, 5), pair(2, 3), pair(1, 3), pair(3, 5), pair(1, 1), pair(1, 3)],
    badInput: { query: float32([1, 4, 1], random(4)) },
  };
}

/** Takes stop words out, as text models do first. */
export function stringModel(): OutsideModel {
  const bytes = onnxModel({
    inputs: [{ name: 'words', type: 'string', dims: ['N'] }],
    outputs: [{ name: 'kept', type: 'string', dims: ['M'] }],
    nodes: [
      {
        op: 'StringNormalizer',
        inputs: ['words'],
        outputs: ['kept'],
        // Changing case would need a locale, which differs between systems.
        attributes: { case_change_action: 'NONE', is_case_sensitive: 1, stopwords: ['the', 'a'] },
      },
    ],
  });
  const words = (...data: readonly string[]): Tensors => ({
    words: { type: 'string', dims: [data.length], data },
  });
  return {
    name: 'a string model',
    bytes,
    inputs: [
      words('the', 'cat'),
      words('a', 'dog', 'the', 'bone'),
      words('naïve', 'žluťoučký'),
      words('', 'x'),
    ],
    badInput: { words: { type: 'string', dims: [1, 1], data: ['x'] } },
  };
}

/** `y = relu(x · w)` in float16, inside as well as at both ends. */
export function float16Model(): OutsideModel {
  // -1, 0.5, 2, 1; 1, -0.25, 3, 0.125; … as bits
  const w = Uint16Array.of(0xbc00, 0x3800, 0x4000, 0x3c00, 0x3c00, 0xb400, 0x4200, 0x3000);
  const bytes = onnxModel({
    inputs: [{ name: 'x', type: 'float16', dims: ['N', 4] }],
    outputs: [{ name: 'y', type: 'float16', dims: ['N', 2] }],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['product'] },
      { op: 'Relu', inputs: ['product'], outputs: ['y'] },
    ],
    initializers: [{ name: 'w', type: 'float16', dims: [4, 2], data: w }],
  });
  const row = (...bits: readonly number[]): Tensors => ({
    x: { type: 'float16', dims: [bits.length / 4, 4], data: Uint16Array.from(bits) },
  });
  return {
    name: 'a float16 model',
    bytes,
    inputs: [
      row(0x3c00, 0x4000, 0x4200, 0x4400),
      row(0x0000, 0x8000, 0x3800, 0x0001),
      row(0xbc00, 0x3c00, 0x7bff, 0x0000, 0x3555, 0x3555, 0x3555, 0x3555),
    ],
    badInput: { x: { type: 'float32', dims: [1, 4], data: new Float32Array(4) } },
  };
}

/** A dense layer whose weights lie in a file beside the model, behind each other. */
export function externalDataModel(): OutsideModel {
  const random = randomFloats(13);
  const w = random(32);
  const b = random(4);
  const path = 'weights.bin';
  const bytes = onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 8] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 4] }],
    nodes: [{ op: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['y'] }],
    initializers: [
      { name: 'w', dims: [8, 4], data: w, external: { path, offset: 0 } },
      { name: 'b', dims: [4], data: b, external: { path, offset: w.byteLength } },
    ],
  });
  const data = new Uint8Array(w.byteLength + b.byteLength);
  data.set(new Uint8Array(w.buffer), 0);
  data.set(new Uint8Array(b.buffer), w.byteLength);
  const row = (): Tensors => ({ x: float32([1, 8], random(8)) });
  return {
    name: 'a model with external data',
    bytes,
    externalData: [{ path, data }],
    inputs: [row(), row(), row()],
    badInput: { x: float32([1, 7], random(7)) },
  };
}

export const outsideModels: readonly (() => OutsideModel)[] = [
  digitClassifier,
  twoInputModel,
  stringModel,
  float16Model,
];
