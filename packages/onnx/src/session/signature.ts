import type { ModelSignature, TensorType, ValueSignature } from '@predcache/core';
import type { InferenceSession } from 'onnxruntime-web';

export type ValueMetadata = InferenceSession.ValueMetadata;

/** What ONNX Runtime says of a size that is unknown and has no name: -1 as an unsigned number, and no name in Node. */
const unknownSizes: readonly (number | string)[] = [0xffff_ffff, ''];

/** What an input or output is, with `undefined` for sizes that nothing is known of. */
export function valueSignature(value: ValueMetadata): ValueSignature {
  const { name } = value;
  // Sessions with values that are no tensors, or of other types, are never made.
  if (!value.isTensor) return { name, type: 'float32', dims: [] };
  const dims = value.shape.map((size) => (unknownSizes.includes(size) ? undefined : size));
  return { name, type: value.type as TensorType, dims };
}

/** For messages: `[N, 28, ?]`. */
export function showDims(dims: ValueSignature['dims']): string {
  return `[${dims.map((size) => size ?? '?').join(', ')}]`;
}

/**
 * Whether a model computes the rows of its first axis apart from each other, as far as its dims tell: the first of
 * every input and output may have any size, and where it has a name it is the same for all.
 */
export function seemsBatched({ inputs, outputs }: Omit<ModelSignature, 'isBatched'>): boolean {
  const names = new Set<string>();
  for (const { dims } of [...inputs, ...outputs]) {
    const first = dims[0];
    if (dims.length === 0 || typeof first === 'number') return false;
    if (first !== undefined) names.add(first);
  }
  return inputs.length > 0 && outputs.length > 0 && names.size <= 1;
}

/** Whether rows can be put together at all: no input's first size is fixed. */
export function takesMoreRows({ inputs }: Pick<ModelSignature, 'inputs'>): boolean {
  return inputs.length > 0 && inputs.every(({ dims }) => typeof dims[0] !== 'number');
}
