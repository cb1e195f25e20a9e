import type { Model, Tensors } from '@predcache/core';
import { onnxModel } from '../../../../packages/onnx/test/support/onnxModel.js';
import type { Feeds } from './rawEngine.js';

/** A model to measure with, and inputs of it that are all different. */
export interface Subject {
  readonly model: Model;
  input(number: number): Tensors & Feeds;
}

const longText = 256;

/** Names of the models, by what one run of them takes on one thread of a middling machine. */
export const subjects = {
  /** The demo's small model on a word: 0.2 ms. */
  'small, a word': () => languageId('small', 24),
  /** The demo's large model on two sentences: about 5 ms. */
  'large, two sentences': () => languageId('large', 80),
  /** Two layers over 768 numbers (3 kB): some 0.1 ms. */
  'two layers, 3 kB': () => twoLayers(),
} as const;

export type SubjectName = keyof typeof subjects;

function languageId(size: 'small' | 'large', length: number): Subject {
  return {
    model: { name: `language-id-${size}`, version: '1', url: `/models/language-id-${size}.onnx` },
    input: (number) => {
      const data = new Int32Array(length);
      let rest = number;
      for (let at = 0; at < length; at++) {
        data[at] = 2 + (rest % 30);
        rest = at < 5 ? Math.floor(rest / 30) : rest + 7;
      }
      return { chars: { type: 'int32', dims: [1, length], data } };
    },
  };
}

const width = 768;
const hidden = 256;

function twoLayers(): Subject {
  const bytes = onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['N', width] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 10] }],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w1'], outputs: ['h'] },
      { op: 'Relu', inputs: ['h'], outputs: ['r'] },
      { op: 'MatMul', inputs: ['r', 'w2'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'w1', dims: [width, hidden], data: weights(width * hidden) },
      { name: 'w2', dims: [hidden, 10], data: weights(hidden * 10) },
    ],
  });
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  return {
    model: { name: 'two-layers', version: '1', url },
    input: (number) => {
      const data = new Float32Array(width);
      data[0] = number;
      for (let at = 1; at < width; at++) data[at] = ((number * 31 + at * 17) % longText) / longText;
      return { x: { type: 'float32', dims: [1, width], data } };
    },
  };
}

/** Small numbers of both signs that are always the same. */
function weights(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => (((at * 7919) % 1009) / 1009 - 0.5) / 16);
}

/** Inputs put together along the first axis. */
export function concatenated(inputs: readonly (Tensors & Feeds)[]): Feeds {
  const [name] = Object.keys(inputs[0]!) as [string];
  const tensors = inputs.map((input) => input[name]!);
  const { type, dims, data: first } = tensors[0]!;
  const data = new (first.constructor as Float32ArrayConstructor)(first.length * inputs.length);
  for (const [at, tensor] of tensors.entries()) data.set(tensor.data as Float32Array, at * first.length);
  return { [name]: { type, dims: [inputs.length, ...dims.slice(1)], data } } as Feeds;
}
