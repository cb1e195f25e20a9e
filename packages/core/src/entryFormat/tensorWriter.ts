import type { ByteWriter } from '../keys/byteWriter.js';
import type { Tensor, TensorData, Tensors } from '../tensor.js';
import { tensorTypeCode } from '../tensorTypes.js';
import { writeText } from './texts.js';

/** Data that is yet to be put behind all descriptions, each piece at the next aligned place. */
export type PendingData = Exclude<TensorData, readonly string[]>[];

/** Writes what describes checked tensors, with the elements of string tensors; returns the data of the others. */
export function writeTensors(writer: ByteWriter, tensors: Tensors): PendingData {
  const names = Object.keys(tensors);
  const pending: PendingData = [];
  writer.uint32(names.length);
  for (const name of names) writeTensor(writer, name, tensors[name]!, pending);
  return pending;
}

function writeTensor(
  writer: ByteWriter,
  name: string,
  { type, dims, data }: Tensor,
  pending: PendingData,
): void {
  writeText(writer, name);
  writer.uint8(tensorTypeCode(type));
  writer.uint32(dims.length);
  for (const dim of dims) writer.uint64(dim);
  if (type === 'string') {
    writer.uint32(data.length);
    for (const element of data) writeText(writer, element);
  } else {
    writer.uint32(data.byteLength);
    pending.push(data);
  }
}
