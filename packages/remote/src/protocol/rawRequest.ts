import type { Tensor, Tensors } from '@predcache/core';
import { readBinaryData } from './binaryData.js';
import { elementSizeOf, tensorTypeOf } from './datatypes.js';
import type { TensorMetadata } from './metadata.js';
import { protocolError } from './protocolError.js';
import { elementCount } from './shape.js';

/**
 * Reads a raw request (`Inference-Header-Content-Length: 0`): the body is the bytes of the model's only input. The
 * one axis of unknown length, if there is one, follows from the number of bytes.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL` when the model has several inputs or axes of unknown length, or the bytes
 * do not fit.
 */
export function decodeRawRequest(body: Uint8Array, inputs: readonly TensorMetadata[]): Tensors {
  const where = 'raw infer request';
  const input = inputs[0];
  const elementSize = input === undefined ? undefined : elementSizeOf(input.datatype);
  const unknown = input?.shape.filter((dim) => dim < 0).length ?? 0;
  if (input === undefined || inputs.length > 1 || elementSize === undefined || unknown > 1) {
    throw protocolError(
      "The model's input cannot be told from bytes alone",
      where,
      'Send the JSON with name, shape and datatype, and its length in Inference-Header-Content-Length',
    );
  }
  const known = elementCount(
    input.shape.filter((dim) => dim >= 0),
    where,
  );
  const length = known === 0 ? 0 : Math.floor(body.length / (known * elementSize));
  const dims = input.shape.map((dim) => (dim < 0 ? length : dim));
  const data = readBinaryData(body, input.datatype, dims, where);
  return { [input.name]: { type: tensorTypeOf(input.datatype), dims, data } as Tensor };
}
