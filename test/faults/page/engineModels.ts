import type { Model, Tensors } from '@predcache/core';
import { busyModel, scaleModel } from '../../../packages/onnx/test/support/testModels.js';
import { mix32 } from '../../bench/support/mix32.js';

/** A model and what it is asked: the same input for the same number. */
export interface Asked {
  readonly model: Model;
  input(number: number): Tensors;
}

const size = 64;

/** Different inputs of each model. */
export const inputsOfModel = 40;

export function askedModels(): Asked[] {
  return [
    {
      model: { name: 'language-id-small', version: '1', url: '/models/language-id-small.onnx' },
      input: (number) => {
        // Lengths differ: not everything can be computed together.
        const data = Int32Array.from(
          { length: 8 + (number % 3) * 8 },
          (_, index) => 2 + (noise(number, index) % 30),
        );
        return { chars: { type: 'int32', dims: [1, data.length], data } };
      },
    },
    {
      model: { name: 'busy', version: '1', url: urlOf(busyModel({ size, times: 30 })) },
      input: (number) => ({ x: { type: 'float32', dims: [1, size], data: floats(number, size) } }),
    },
    {
      model: { name: 'scaled', version: '1', url: urlOf(scaleModel(3)) },
      input: (number) => ({ x: { type: 'float32', dims: [5], data: floats(number, 5) } }),
    },
  ];
}

/** For the model `scaled`: more than fits into the memory that the runtime begins with. */
export function hugeInput(): Tensors {
  const length = 6_000_000;
  return { x: { type: 'float32', dims: [length], data: new Float32Array(length).fill(1) } };
}

function floats(number: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => noise(number, index) / 2 ** 32);
}

function noise(number: number, index: number): number {
  return mix32(Math.imul(number + 1, 0x9e3779b9) + index) >>> 0;
}

function urlOf(bytes: Uint8Array): string {
  return URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
}
