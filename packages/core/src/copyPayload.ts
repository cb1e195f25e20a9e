import type { JsonValue, Payload } from './payload.js';
import type { Tensor, TensorData, Tensors } from './tensor.js';
import { arrayOf } from './tensorTypes.js';
import { looksLikeTensors } from './validateTensors.js';

/**
 * A deep copy, so that no caller can change what another one gets. Typed arrays cannot be frozen, hence copying.
 *
 * @throws {TypeError} on values that are neither tensors nor JSON, naming their kind.
 */
export function copyPayload(payload: Payload): Payload {
  return looksLikeTensors(payload) ? copyTensors(payload as Tensors) : copyJson(payload as JsonValue);
}

/** A deep copy; `float16` data comes out as its bits, whatever array it came in. */
export function copyTensors(tensors: Tensors): Tensors {
  const copy: Record<string, Tensor> = {};
  for (const name of Object.keys(tensors)) {
    define(copy, name, copyTensor(tensors[name]!));
  }
  return copy;
}

/** As `copyTensors`, of one. */
export function copyTensor(tensor: Tensor): Tensor {
  const dims = tensor.dims.slice();
  if (tensor.type === 'float16') {
    const { buffer, byteOffset, length } = tensor.data;
    return { type: 'float16', dims, data: new Uint16Array(buffer, byteOffset, length).slice() };
  }
  if (tensor.type === 'string') return { type: 'string', dims, data: tensor.data.slice() };
  return { type: tensor.type, dims, data: copyTypedArray(tensor.data) } as Tensor;
}

/** Not `slice()` whatever it is: Node's `Buffer` passes for a `Uint8Array`, and its `slice` shares the memory. */
function copyTypedArray(data: Exclude<TensorData, readonly string[]>): TensorData {
  const Plain = arrayOf(data);
  if (data.constructor === Plain) return data.slice();
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return new Plain(bytes.buffer);
}

function copyJson(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) {
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return value;
    throw new TypeError(`a value of type ${typeof value}`);
  }
  if (Array.isArray(value)) return Array.from(value, copyJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`an object of class ${value.constructor.name}`);
  }
  const copy: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) define(copy, name, copyJson(member));
  }
  return copy;
}

/** Plain assignment, but for the one name that would set the prototype instead. */
export function define<Value>(target: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
