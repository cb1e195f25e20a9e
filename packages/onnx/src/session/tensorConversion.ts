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

/** Plain tensors with arrays of their own; the runtime's tensors are disposed. */
export function fromOrt(outputs: Readonly<Record<string, OrtTensor>>, model: string): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const [name, output] of Object.entries(outputs)) {
    tensors[name] = plain(name, output, model);
    output.dispose();
  }
  return tensors;
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
