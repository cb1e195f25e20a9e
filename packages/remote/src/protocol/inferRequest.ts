import type { Tensors } from '@predcache/core';
import { type EncodedMessage, joinMessage, splitMessage, type TensorFormat } from './message.js';
import { readFlag, readId, readParameters } from './parameters.js';
import { describe, protocolError } from './protocolError.js';
import { readTensors, writeTensors } from './wireTensors.js';

/** An output that a request asks for. `format` is absent where the request's own default applies. */
export interface RequestedOutput {
  readonly name: string;
  readonly format?: TensorFormat | undefined;
}

/** An inference request, free of how it travelled. */
export interface InferRequest {
  readonly id?: string | undefined;
  readonly inputs: Tensors;
  /** The outputs wanted, each named once; absent: all of them. */
  readonly outputs?: readonly RequestedOutput[] | undefined;
  /** How outputs that do not say are to be sent. Default: `json`, which every server knows. */
  readonly outputFormat?: TensorFormat | undefined;
}

const where = 'infer request';

/**
 * Writes a request; `format` says how its inputs travel.
 *
 * @throws {PredcacheError} `INPUT_TENSOR_INVALID`, or `INPUT_REJECTED` for FP16, NaN and infinities as JSON.
 *
 * @example
 * const { headers, body } = encodeInferRequest(
 *   { inputs: { x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } } },
 *   'json',
 * );
 * await fetch('/v2/models/m/infer', { method: 'POST', headers, body });
 */
export function encodeInferRequest(request: InferRequest, format: TensorFormat): EncodedMessage {
  const { id, inputs, outputs, outputFormat } = request;
  const written = writeTensors(inputs, () => format);
  const members = [`"inputs":${written.json}`];
  if (id !== undefined) members.unshift(`"id":${JSON.stringify(id)}`);
  if (outputs !== undefined) members.push(`"outputs":${JSON.stringify(outputs.map(writeOutput))}`);
  // Left out for JSON: some servers refuse parameters they do not know.
  if (outputFormat === 'binary') members.push('"parameters":{"binary_data_output":true}');
  return joinMessage(`{${members.join(',')}}`, written.binary);
}

function writeOutput({ name, format }: RequestedOutput): unknown {
  return format === undefined ? { name } : { name, parameters: { binary_data: format === 'binary' } };
}

/**
 * Reads a request. A plain JSON body is read whatever its content type is: real clients send JSON as
 * `application/octet-stream`.
 *
 * @param headerLength The value of `Inference-Header-Content-Length`, if any, as it came.
 * @throws {PredcacheError} `REMOTE_PROTOCOL`, saying what is wrong and where.
 */
export function decodeInferRequest(
  body: Uint8Array,
  headerLength: string | number | null | undefined,
): InferRequest {
  const { json, binary } = splitMessage(body, headerLength, where);
  const parameters = readParameters(json.parameters, where);
  const binaryOutput = readFlag(parameters.binary_data_output, 'binary_data_output', where);
  return {
    id: readId(json.id, where),
    inputs: readTensors(json.inputs, binary, `${where}, inputs`),
    outputs: readOutputs(json.outputs),
    outputFormat: binaryOutput === true ? 'binary' : 'json',
  };
}

function readOutputs(list: unknown): readonly RequestedOutput[] | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) {
    throw protocolError(
      `They are ${describe(list)}`,
      `${where}, outputs`,
      'Send an array, or leave them out',
    );
  }
  // An empty list asks for nothing in particular; Triton reads it as "all" too.
  if (list.length === 0) return undefined;
  const outputs = list.map(readOutput);
  if (new Set(outputs.map(({ name }) => name)).size < outputs.length) {
    throw protocolError('An output is asked for twice', `${where}, outputs`, 'Name each output once');
  }
  return outputs;
}

function readOutput(wire: unknown): RequestedOutput {
  const here = `${where}, outputs`;
  const { name, parameters } = (wire ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') {
    throw protocolError(`An output's name is ${describe(name)}`, here, 'Name it with a string');
  }
  const binary = readFlag(readParameters(parameters, here).binary_data, 'binary_data', here);
  return binary === undefined ? { name } : { name, format: binary ? 'binary' : 'json' };
}
