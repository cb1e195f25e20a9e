import { define } from '../copyPayload.js';
import type { Tensor, Tensors, TensorType } from '../tensor.js';
import { storedArrayOf, tensorTypeOfCode } from '../tensorTypes.js';
import { validateTensors } from '../validateTensors.js';
import { type ByteReader, Damage } from './byteReader.js';
import { aligned } from './layout.js';
import { readText } from './texts.js';

/** What stands before the data of a tensor. */
interface Description {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** The elements of a string tensor, or the bytes of any other one's data. */
  readonly content: readonly string[] | number;
}

/**
 * Reads what `writeTensors` wrote and the data behind it. Sharing, data is a view into the bytes read wherever it lies
 * there at a multiple of its elements' size.
 *
 * @throws {Damage}
 * @throws {PredcacheError} where dims do not fit the data.
 */
export function readTensors(reader: ByteReader, share: boolean): Tensors {
  const count = reader.uint32();
  // A tensor takes 13 bytes or more. No tensors at all would be the JSON value {}.
  if (count === 0 || count > reader.left / 13) throw new Damage('No such number of tensors');
  const descriptions: Description[] = [];
  for (let index = 0; index < count; index++) descriptions.push(readDescription(reader));
  const tensors: Record<string, Tensor> = {};
  for (const { name, type, dims, content } of descriptions) {
    if (Object.hasOwn(tensors, name)) throw new Damage('Two tensors of one name');
    const data = typeof content === 'number' ? readData(reader, type, content, share) : content;
    define(tensors, name, { type, dims, data } as Tensor);
  }
  validateTensors(tensors);
  return tensors;
}

function readDescription(reader: ByteReader): Description {
  const name = readText(reader);
  const type = tensorTypeOfCode(reader.uint8());
  if (type === undefined) throw new Damage('A tensor of unknown type');
  const rank = reader.uint32();
  if (rank > reader.left / 8) throw new Damage('More dims than there are bytes');
  const dims: number[] = [];
  for (let index = 0; index < rank; index++) dims.push(reader.uint64());
  const length = reader.uint32();
  return { name, type, dims, content: type === 'string' ? readStrings(reader, length) : length };
}

function readStrings(reader: ByteReader, count: number): string[] {
  if (count > reader.left / 4) throw new Damage('More strings than there are bytes');
  const strings: string[] = [];
  for (let index = 0; index < count; index++) strings.push(readText(reader));
  return strings;
}

function readData(reader: ByteReader, type: TensorType, byteLength: number, share: boolean): Tensor['data'] {
  const Stored = storedArrayOf(type as Exclude<TensorType, 'string'>);
  if (byteLength % Stored.BYTES_PER_ELEMENT !== 0) throw new Damage('Half of an element');
  reader.skip(aligned(reader.at) - reader.at);
  const { buffer, byteOffset } = reader.bytes;
  const start = byteOffset + reader.skip(byteLength);
  if (start % Stored.BYTES_PER_ELEMENT !== 0) return new Stored(buffer.slice(start, start + byteLength));
  const view = new Stored(buffer, start, byteLength / Stored.BYTES_PER_ELEMENT);
  return share ? view : view.slice();
}
