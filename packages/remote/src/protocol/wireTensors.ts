import { PredcacheError, type Tensor, type Tensors } from '@predcache/core';
import { readBinaryData, writeBinaryData } from './binaryData.js';
import { datatypeOf, datatypes, isDatatype, tensorTypeOf } from './datatypes.js';
import { readJsonData, writeJsonData } from './jsonData.js';
import type { TensorFormat } from './message.js';
import { readParameters } from './parameters.js';
import { describe, protocolError } from './protocolError.js';
import { elementCount, readShape } from './shape.js';
import { isWellFormed } from './utf8.js';

/** Tensors as JSON text, and the raw bytes that follow the JSON. */
export interface WrittenTensors {
  readonly json: string;
  readonly binary: readonly Uint8Array[];
}

/**
 * Writes named tensors as the protocol's `inputs` or `outputs`.
 *
 * @throws {PredcacheError} `INPUT_TENSOR_INVALID` for what is no tensor, `INPUT_REJECTED` for what the format cannot carry.
 */
export function writeTensors(tensors: Tensors, formatOf: (name: string) => TensorFormat): WrittenTensors {
  const binary: Uint8Array[] = [];
  const parts = Object.entries(tensors).map(([name, tensor]) => {
    const head = writeHead(name, tensor);
    if (formatOf(name) === 'json') return `${head},"data":${writeJsonData(name, tensor)}}`;
    const bytes = writeBinaryData(name, tensor);
    binary.push(bytes);
    return `${head},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  return { json: `[${parts.join(',')}]`, binary };
}

function writeHead(name: string, { type, dims, data }: Tensor): string {
  const datatype = datatypeOf(type as unknown);
  if (datatype === undefined || elementCount(dims, `tensor "${name}"`) !== data.length) {
    throw new PredcacheError({
      code: 'INPUT_TENSOR_INVALID',
      what: `It is no ${describe(type)} tensor of dims [${dims.join(', ')}]: its data has ${data.length} elements`,
      where: `tensor "${name}"`,
      hint: 'Use a tensor type of ONNX Runtime and make data.length equal the product of dims',
    });
  }
  return `{"name":${JSON.stringify(name)},"shape":[${dims.join(',')}],"datatype":"${datatype}"`;
}

/**
 * Reads the protocol's `inputs` or `outputs`: each tensor from its `data`, or from the raw bytes in order.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL`, naming the tensor.
 */
export function readTensors(list: unknown, binary: Uint8Array | undefined, where: string): Tensors {
  if (!Array.isArray(list) || list.length === 0) {
    throw protocolError(`They are ${describe(list)}`, where, 'Send an array of at least one tensor');
  }
  const tensors: Record<string, Tensor> = {};
  let at = 0;
  for (const wire of list) {
    const { name, tensor, size } = readTensor(wire, binary?.subarray(at), where);
    if (Object.hasOwn(tensors, name)) {
      throw protocolError(`Two tensors are named ${describe(name)}`, where, 'Give each its own name');
    }
    // defineProperty, because a tensor may be named `__proto__`.
    Object.defineProperty(tensors, name, {
      value: tensor,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    at += size;
  }
  if (binary !== undefined && at !== binary.length) {
    const what = `${binary.length} bytes follow the JSON, its tensors take ${at}`;
    throw protocolError(what, where, 'Make every binary_data_size agree with the bytes');
  }
  return tensors;
}

function readTensor(
  wire: unknown,
  rest: Uint8Array | undefined,
  list: string,
): { name: string; tensor: Tensor; size: number } {
  if (typeof wire !== 'object' || wire === null) {
    throw protocolError(`They hold ${describe(wire)}`, list, 'Send each tensor as an object');
  }
  const { name, shape: dims, datatype, parameters, data } = wire as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || !isWellFormed(name)) {
    throw protocolError(`A tensor's name is ${describe(name)}`, list, 'Name it with a string');
  }
  const where = `${list}, tensor ${describe(name)}`;
  if (!isDatatype(datatype)) {
    throw protocolError(`The datatype is ${describe(datatype)}`, where, `Use one of ${datatypes.join(', ')}`);
  }
  const shape = readShape(dims, where);
  const size = readBinarySize(readParameters(parameters, where).binary_data_size, rest, where);
  if (size !== undefined && data !== undefined) {
    throw protocolError('It has both data and binary_data_size', where, 'Send one of them');
  }
  const read =
    size === undefined
      ? readJsonData(data, datatype, shape, where)
      : readBinaryData(rest!.subarray(0, size), datatype, shape, where);
  return {
    name,
    tensor: { type: tensorTypeOf(datatype), dims: shape, data: read } as Tensor,
    size: size ?? 0,
  };
}

function readBinarySize(value: unknown, rest: Uint8Array | undefined, where: string): number | undefined {
  if (value === undefined) return undefined;
  if (rest === undefined) {
    throw protocolError(
      'It is said to follow in binary, but Inference-Header-Content-Length is missing',
      where,
      'Send that header; in a browser, the server must also name it in Access-Control-Expose-Headers',
    );
  }
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= rest.length) {
    return value as number;
  }
  const what = `binary_data_size is ${describe(value)}, ${rest.length} bytes are left`;
  throw protocolError(what, where, 'Send the number of bytes this tensor takes');
}
