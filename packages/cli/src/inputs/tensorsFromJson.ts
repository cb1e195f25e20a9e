import { PredcacheError, type Tensors, validateTensors } from '@predcache/core';
import { readElements } from './readElements.js';

/**
 * Named tensors from their JSON form: `{ name: { type, dims, data } }`, the data being a flat array of the elements, or
 * the base64 of their little-endian bytes.
 *
 * @throws {PredcacheError} `INPUT_TENSOR_INVALID`, naming the tensor, what came and what was expected.
 *
 * @example
 * tensorsFromJson({ chars: { type: 'int32', dims: [1, 3], data: [7, 8, 9] } }); // data: Int32Array [7, 8, 9]
 */
export function tensorsFromJson(value: unknown): Tensors {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const came = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
    throw invalid('input', `It is ${came}, not named tensors`);
  }
  const members = Object.entries(value);
  if (members.length === 0) throw invalid('input', 'It names no tensor');
  const tensors = Object.fromEntries(members.map(([name, member]) => [name, tensorFromJson(name, member)]));
  validateTensors(tensors);
  return tensors;
}

function tensorFromJson(name: string, value: unknown): Record<string, unknown> {
  const where = `tensor "${name}"`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(where, 'It is no { type, dims, data }');
  const { type, dims, data, ...others } = value as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(where, `A tensor has no member ${JSON.stringify(unknown)}`);
  return { type, dims, data: readElements(type, data, where) };
}

function invalid(where: string, what: string): PredcacheError {
  return new PredcacheError({
    code: 'INPUT_TENSOR_INVALID',
    what,
    where,
    hint: 'Write { "name": { "type": "int32", "dims": [1, 2], "data": [7, 8] } }, or turn lines into tensors with --encode',
  });
}
