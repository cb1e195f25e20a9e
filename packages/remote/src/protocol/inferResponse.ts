import type { Tensors } from '@predcache/core';
import { type EncodedMessage, joinMessage, splitMessage, type TensorFormat } from './message.js';
import { readId } from './parameters.js';
import { describe, protocolError } from './protocolError.js';
import { readTensors, writeTensors } from './wireTensors.js';

/** An inference response, free of how it travelled. */
export interface InferResponse {
  /** Some servers leave it out. */
  readonly modelName?: string | undefined;
  readonly modelVersion?: string | undefined;
  /** The request's `id`. */
  readonly id?: string | undefined;
  readonly outputs: Tensors;
}

/**
 * Writes a response; `formatOf` says of each output how it travels.
 *
 * @throws {PredcacheError} `INPUT_REJECTED` for FP16, NaN and infinities as JSON.
 */
export function encodeInferResponse(
  response: InferResponse,
  formatOf: (output: string) => TensorFormat,
): EncodedMessage {
  const { modelName, modelVersion, id, outputs } = response;
  const head = JSON.stringify({ model_name: modelName, model_version: modelVersion, id }).slice(0, -1);
  const written = writeTensors(outputs, formatOf);
  return joinMessage(`${head}${head === '{' ? '' : ','}"outputs":${written.json}}`, written.binary);
}

/**
 * Reads a response.
 *
 * @param headerLength The value of `Inference-Header-Content-Length`, if any, as it came.
 * @param where Stands in errors before the part of the response concerned.
 * @throws {PredcacheError} `REMOTE_PROTOCOL`, saying what is wrong and where.
 */
export function decodeInferResponse(
  body: Uint8Array,
  headerLength: string | number | null | undefined,
  where = 'infer response',
): InferResponse {
  const { json, binary } = splitMessage(body, headerLength, where);
  if (json.outputs === undefined && json.error !== undefined) {
    throw protocolError(
      `It is an error: ${describe(json.error)}`,
      where,
      'Have the server answer errors with a 4xx or 5xx',
    );
  }
  return {
    modelName: readName(json.model_name),
    modelVersion: readId(json.model_version, where),
    id: readId(json.id, where),
    outputs: readTensors(json.outputs, binary, `${where}, outputs`),
  };
}

function readName(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
