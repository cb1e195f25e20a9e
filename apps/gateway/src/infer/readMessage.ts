import { isPredcacheError } from '@predcache/core';
import { decodeInferRequest, decodeRawRequest, type InferRequest } from '@predcache/remote';
import type { Limits } from '../gatewayOptions.js';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelSignature } from '../onnxFile/modelSignature.js';
import { checkJsonDepth } from './jsonDepth.js';

/**
 * Reads a request: JSON, JSON with raw tensors behind it, or a raw tensor alone.
 *
 * @param headerLength `Inference-Header-Content-Length`, as it came
 * @throws {GatewayError} 400, saying what is wrong and where; 413 for too many tensors.
 */
export function readMessage(
  body: Uint8Array,
  headerLength: string | undefined,
  signature: ModelSignature,
  { maxJsonDepth, maxTensors }: Pick<Limits, 'maxJsonDepth' | 'maxTensors'>,
): InferRequest {
  try {
    if (headerLength?.trim() === '0') return readRaw(body, signature);
    const length = headerLength === undefined ? body.length : Number(headerLength);
    checkJsonDepth(length < body.length ? body.subarray(0, length) : body, maxJsonDepth);
    const message = decodeInferRequest(body, headerLength);
    const tensors = Object.keys(message.inputs).length + (message.outputs?.length ?? 0);
    if (tensors <= maxTensors) return message;
    throw new GatewayError(413, `The request names ${tensors} tensors, at most ${maxTensors} are taken`);
  } catch (error) {
    // The same code from a server behind this one would not be the client's fault.
    throw isPredcacheError(error) ? new GatewayError(400, error.message, { cause: error }) : error;
  }
}

function readRaw(body: Uint8Array, signature: ModelSignature): InferRequest {
  const inputs = signature.inputs.map((input) => {
    if (input.shape !== undefined) return { ...input, shape: input.shape };
    throw new GatewayError(
      400,
      'The shape of the input cannot be told from bytes alone: send the JSON as well',
    );
  });
  return { inputs: decodeRawRequest(body, inputs), outputFormat: 'binary' };
}
