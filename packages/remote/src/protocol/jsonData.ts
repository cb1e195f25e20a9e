import { PredcacheError, type Tensor, type TensorData } from '@predcache/core';
import type { Datatype } from './datatypes.js';
import { describe, protocolError } from './protocolError.js';
import { elementCount } from './shape.js';
import { isWellFormed, requireWellFormed } from './utf8.js';

/**
 * The JSON text of a tensor's `data`, flat and in row-major order. 64-bit integers are written digit by digit and
 * floats so that reading them gives the same bits, -0 included.
 *
 * @throws {PredcacheError} `INPUT_REJECTED` for what JSON cannot carry: FP16, NaN and the infinities.
 */
export function writeJsonData(name: string, tensor: Tensor): string {
  switch (tensor.type) {
    case 'float16':
      throw notJson(name, 'The protocol has no JSON form for FP16');
    case 'float32':
    case 'float64':
      return writeFloats(name, tensor.data);
    case 'bool':
      return `[${Array.from(tensor.data, (element) => element !== 0).join(',')}]`;
    case 'string':
      requireWellFormed(name, tensor.data);
      return JSON.stringify(tensor.data);
    default:
      return `[${tensor.data.join(',')}]`;
  }
}

function writeFloats(name: string, data: Float32Array | Float64Array): string {
  let hasNegativeZero = false;
  for (let index = 0; index < data.length; index++) {
    const element = data[index]!;
    if (!Number.isFinite(element)) throw notJson(name, `JSON has no form for ${element}`);
    if (element === 0 && 1 / element < 0) hasNegativeZero = true;
  }
  // Half the time of a loop over the elements. It writes -0 as 0, which is no longer the same float.
  if (!hasNegativeZero) return `[${data.join(',')}]`;
  // Not "-0": servers that tell integers from floats would read the integer 0.
  return `[${Array.from(data, (element) => (Object.is(element, -0) ? '-0.0' : element)).join(',')}]`;
}

function notJson(name: string, what: string): PredcacheError {
  return new PredcacheError({
    code: 'INPUT_REJECTED',
    what,
    where: `tensor "${name}"`,
    hint: "Use the binary format (format: 'binary' in openInference, binary_data in the protocol)",
  });
}

/**
 * Reads a tensor's JSON `data`, flat or nested as its shape is.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL`.
 */
export function readJsonData(
  value: unknown,
  datatype: Datatype,
  shape: readonly number[],
  where: string,
): TensorData {
  if (!Array.isArray(value)) {
    throw protocolError(`The data is ${describe(value)}`, where, 'Send it as an array, flat or nested');
  }
  const count = elementCount(shape, where);
  const elements = Array.isArray(value[0]) ? flatten(value, shape, where) : value;
  if (elements.length !== count) {
    const what = `The shape [${shape.join(', ')}] has ${count} elements, the data ${elements.length}`;
    throw protocolError(what, where, 'Make the two agree');
  }
  return readElements(elements, datatype, where);
}

function flatten(value: readonly unknown[], shape: readonly number[], where: string): unknown[] {
  const elements: unknown[] = [];
  const visit = (part: unknown, axis: number): void => {
    if (axis === shape.length) {
      elements.push(part);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) {
      const what = `The nested data has ${describe(part)} at axis ${axis} of the shape [${shape.join(', ')}]`;
      throw protocolError(what, where, 'Nest it as the shape is, or send it flat');
    }
    for (const element of part) visit(element, axis + 1);
  };
  visit(value, 0);
  return elements;
}

function readElements(elements: readonly unknown[], datatype: Datatype, where: string): TensorData {
  switch (datatype) {
    case 'FP16':
      throw protocolError('The protocol has no JSON form for FP16', where, 'Send it in the binary format');
    case 'FP32':
      return readFloats(new Float32Array(elements.length), elements, datatype, where);
    case 'FP64':
      return readFloats(new Float64Array(elements.length), elements, datatype, where);
    case 'BOOL':
      return Uint8Array.from(elements, (element) => readBool(element, where));
    case 'BYTES':
      return elements.map((element) => readString(element, where));
    case 'INT64':
      return BigInt64Array.from(elements, (element) => readLong(element, datatype, BigInt.asIntN, where));
    case 'UINT64':
      return BigUint64Array.from(elements, (element) => readLong(element, datatype, BigInt.asUintN, where));
    default:
      return readIntegers(elements, datatype, where);
  }
}

function readIntegers(
  elements: readonly unknown[],
  datatype: 'INT8' | 'INT16' | 'INT32' | 'UINT8' | 'UINT16' | 'UINT32',
  where: string,
): TensorData {
  const arrays = {
    INT8: Int8Array,
    INT16: Int16Array,
    INT32: Int32Array,
    UINT8: Uint8Array,
    UINT16: Uint16Array,
    UINT32: Uint32Array,
  };
  const data = new arrays[datatype](elements.length);
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    if (typeof element !== 'number') throw wrongElement(element, datatype, where);
    data[index] = element;
    if (data[index] !== element) throw wrongElement(element, datatype, where);
  }
  return data;
}

/** A loop, because `from` with a function takes many times as long. */
function readFloats<Data extends Float32Array | Float64Array>(
  data: Data,
  elements: readonly unknown[],
  datatype: Datatype,
  where: string,
): Data {
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    const value = typeof element === 'bigint' ? Number(element) : element;
    if (typeof value !== 'number') throw wrongElement(element, datatype, where);
    data[index] = value;
    // What is beyond FP32 has become infinite.
    if (!Number.isFinite(data[index])) throw wrongElement(element, datatype, where);
  }
  return data;
}

function readLong(
  element: unknown,
  datatype: Datatype,
  wrap: (bits: number, value: bigint) => bigint,
  where: string,
): bigint {
  // A number that is not a safe integer was written with a fraction or an exponent and may have lost digits.
  const value = Number.isSafeInteger(element) ? BigInt(element as number) : element;
  if (typeof value === 'bigint' && wrap(64, value) === value) return value;
  throw wrongElement(element, datatype, where);
}

function readBool(element: unknown, where: string): number {
  if (element === true || element === 1) return 1;
  if (element === false || element === 0) return 0;
  throw wrongElement(element, 'BOOL', where);
}

function readString(element: unknown, where: string): string {
  if (typeof element === 'string' && isWellFormed(element)) return element;
  throw wrongElement(element, 'BYTES', where);
}

function wrongElement(element: unknown, datatype: Datatype, where: string): PredcacheError {
  return protocolError(
    `The data holds ${describe(element)}, which is no ${datatype}`,
    where,
    'Correct the element',
  );
}
