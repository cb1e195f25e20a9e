import type { PredcacheError, Tensor, TensorData } from '@predcache/core';
import { type Datatype, elementSizeOf } from './datatypes.js';
import { protocolError } from './protocolError.js';
import { elementCount } from './shape.js';
import { encodeUtf8, requireWellFormed, strictUtf8Decoder } from './utf8.js';

/**
 * The raw little-endian bytes of a tensor. `BYTES` elements are a 4-byte length and then UTF-8.
 *
 * Fixed-size elements are given as a view of the tensor's own memory: every platform that runs browsers or Node is
 * little-endian, so that they need no copy.
 */
export function writeBinaryData(name: string, tensor: Tensor): Uint8Array {
  if (tensor.type === 'string') return writeStrings(name, tensor.data);
  if (tensor.type === 'bool') return tensor.data.map((element) => (element === 0 ? 0 : 1));
  const { buffer, byteOffset, byteLength } = tensor.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function writeStrings(name: string, elements: readonly string[]): Uint8Array {
  requireWellFormed(name, elements);
  const encoded = elements.map(encodeUtf8);
  const bytes = new Uint8Array(encoded.reduce((size, element) => size + 4 + element.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const element of encoded) {
    view.setUint32(at, element.length, true);
    bytes.set(element, at + 4);
    at += 4 + element.length;
  }
  return bytes;
}

/**
 * Reads a tensor's raw bytes; the result shares no memory with them.
 *
 * @throws {PredcacheError} `REMOTE_PROTOCOL` when the bytes are not those of the shape.
 */
export function readBinaryData(
  bytes: Uint8Array,
  datatype: Datatype,
  shape: readonly number[],
  where: string,
): TensorData {
  const count = elementCount(shape, where);
  if (datatype === 'BYTES') return readStrings(bytes, count, where);
  const expected = count * elementSizeOf(datatype)!;
  if (bytes.length !== expected) {
    const what = `The shape [${shape.join(', ')}] of ${datatype} takes ${expected} bytes, ${bytes.length} came`;
    throw protocolError(what, where, 'Make binary_data_size and the bytes agree with the shape');
  }
  // The tensor may begin anywhere in the message, a typed array only at a multiple of its element size.
  const { buffer } = new Uint8Array(bytes);
  switch (datatype) {
    case 'BOOL':
      return new Uint8Array(buffer).map((element) => (element === 0 ? 0 : 1));
    case 'UINT8':
      return new Uint8Array(buffer);
    case 'UINT16':
    case 'FP16':
      return new Uint16Array(buffer);
    case 'UINT32':
      return new Uint32Array(buffer);
    case 'UINT64':
      return new BigUint64Array(buffer);
    case 'INT8':
      return new Int8Array(buffer);
    case 'INT16':
      return new Int16Array(buffer);
    case 'INT32':
      return new Int32Array(buffer);
    case 'INT64':
      return new BigInt64Array(buffer);
    case 'FP32':
      return new Float32Array(buffer);
    case 'FP64':
      return new Float64Array(buffer);
  }
}

function readStrings(bytes: Uint8Array, count: number, where: string): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = strictUtf8Decoder();
  const elements: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (end > bytes.length || elements.length === count) {
      throw wrongStrings(count, where);
    }
    elements.push(decode(decoder, bytes.subarray(at + 4, end), where));
    at = end;
  }
  if (elements.length !== count) throw wrongStrings(count, where);
  return elements;
}

function decode(decoder: TextDecoder, bytes: Uint8Array, where: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw protocolError('A BYTES element is not UTF-8', where, 'Only text is supported as BYTES', cause);
  }
}

function wrongStrings(count: number, where: string): PredcacheError {
  return protocolError(
    `The bytes do not hold exactly the ${count} elements of the shape`,
    where,
    'Send each element as a 4-byte little-endian length and its bytes',
  );
}
