import { PredcacheError, type Tensor, type Tensors } from '@predcache/core';
import type { Tensor as OrtTensor } from 'onnxruntime-web';
import type { OrtModule } from './runtime.js';
import { isTensorType } from './tensors.js';

/** A tensor of ONNX Runtime over the same data. */
export function toOrt(ort: OrtModule, { type, dims, data }: Tensor): OrtTensor {
  // The constructor's overloads take one type each. It accepts bits for float16 also where the platform has
  // Float16Array, and gives Float16Array back there.
  return new ort.Tensor(type as 'float32', data as Float32Array, dims);
}

export type OrtTensors = Record<string, OrtTensor>;

/** Plain tensors with arrays of their own; the runtime's tensors are disposed. */
export function fromOrt(outputs: Readonly<OrtTensors>, model: string): Tensors {
  try {
    return Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => [name, plain(name, output, model)]),
    );
  } finally {
    disposeAll(outputs);
  }
}

export function disposeAll(tensors: Readonly<OrtTensors>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

function plain(name: string, { type, dims, data }: OrtTensor, model: string): Tensor {
  if (!isTensorType(type)) {
    throw new PredcacheError({
      code: 'OUTPUT_INVALID',
      what: `Output "${name}" has the type ${type}, which JavaScript cannot hold`,
      where: model,
      hint: 'Add a Cast to the model, for instance to int8',
    });
  }
  return { type, dims: [...dims], data: plainData(type, data) } as Tensor;
}

function plainData(type: Tensor['type'], data: OrtTensor['data']): Tensor['data'] {
  if (type !== 'float16') return data as Tensor['data'];
  const { buffer, byteOffset, byteLength } = data as unknown as Uint16Array;
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}
