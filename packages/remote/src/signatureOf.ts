import type { ModelSignature, ValueSignature } from '@predcache/core';
import { isBatched } from './oipServer.js';
import { tensorTypeOf } from './protocol/datatypes.js';
import type { ModelMetadata, TensorMetadata } from './protocol/metadata.js';

/** A model's metadata as the signature that engines give. */
export function signatureOf(metadata: ModelMetadata): ModelSignature {
  return {
    inputs: metadata.inputs.map(valueSignature),
    outputs: metadata.outputs.map(valueSignature),
    isBatched: isBatched(metadata),
  };
}

function valueSignature({ name, datatype, shape }: TensorMetadata): ValueSignature {
  return { name, type: tensorTypeOf(datatype), dims: shape.map((dim) => (dim < 0 ? undefined : dim)) };
}
