import { type Payload, PredcacheError, type Tensor, type Tensors, type TensorType } from '@predcache/core';

/** `Symbol.toStringTag` of the array that holds each type: unlike `instanceof`, it works across realms. */
const arrays: Readonly<Record<Exclude<TensorType, 'string'>, string>> = {
  float32: 'Float32Array',
  float64: 'Float64Array',
  float16: 'Uint16Array',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
  int64: 'BigInt64Array',
  uint64: 'BigUint64Array',
  bool: 'Uint8Array',
};

export function isTensorType(type: unknown): type is TensorType {
  return type === 'string' || (typeof type === 'string' && Object.hasOwn(arrays, type));
}

/**
 * Makes sure that an input is named tensors that hold what they say, and gives them as plain objects.
 * The data is the caller's own, not copied.
 *
 * @throws {PredcacheError} `INPUT_REJECTED`, naming the tensor, what came and what was expected.
 */
export function requireTensors(payload: Payload, item: number): Tensors {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    const came = Array.isArray(payload) ? 'an array' : payload === null ? 'null' : `a ${typeof payload}`;
    throw rejected(
      `input ${item}`,
      `The input is ${came}, and an ONNX model takes named tensors`,
      encodeHint,
    );
  }
  const tensors: Record<string, Tensor> = {};
  for (const name of Object.keys(payload))
    define(tensors, name, requireTensor((payload as Record<string, unknown>)[name], name, item));
  return tensors;
}

/** Plain assignment, but for the one name that would set the prototype instead. */
function define(target: Record<string, Tensor>, name: string, value: Tensor): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

const encodeHint = 'Give the predictor an encode function that returns { name: { type, dims, data } }';

function requireTensor(value: unknown, name: string, item: number): Tensor {
  // Made for errors alone.
  const where = () => `tensor "${name}" of input ${item}`;
  if (typeof value !== 'object' || value === null) {
    throw rejected(
      where(),
      `It is ${value === null ? 'null' : `a ${typeof value}`}, not a tensor`,
      encodeHint,
    );
  }
  const { type, dims, data } = value as Partial<Record<keyof Tensor, unknown>>;
  if (!isTensorType(type)) {
    throw rejected(
      where(),
      `Its type is ${JSON.stringify(type)}`,
      'Use a tensor type of ONNX Runtime, such as float32',
    );
  }
  if (!Array.isArray(dims) || !dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw rejected(
      where(),
      'Its dims are no list of whole numbers',
      'Pass an array of whole numbers, each 0 or more',
    );
  }
  const array = typedData(type, data, where);
  let elements = 1;
  for (const dim of dims) elements *= dim;
  if (elements !== array.length) {
    throw rejected(
      where(),
      `Its dims [${dims.join(', ')}] hold ${elements} elements, its data ${array.length}`,
      'Make data.length equal the product of dims',
    );
  }
  return { type, dims: [...dims], data: array } as Tensor;
}

function typedData(type: TensorType, data: unknown, where: () => string): Tensor['data'] {
  if (type === 'string') {
    if (Array.isArray(data) && data.every((element) => typeof element === 'string')) return data;
    throw rejected(where(), 'The data of a string tensor is no array of strings', 'Pass an array of strings');
  }
  const name = ArrayBuffer.isView(data) ? Object.prototype.toString.call(data).slice(8, -1) : typeof data;
  if (name === arrays[type]) return data as Tensor['data'];
  if (type === 'float16' && name === 'Float16Array') {
    const { buffer, byteOffset, byteLength } = data as ArrayBufferView;
    return new Uint16Array(buffer, byteOffset, byteLength / 2);
  }
  throw rejected(where(), `The data of a ${type} tensor is a ${name}`, `Pass a ${arrays[type]}`);
}

function rejected(where: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'INPUT_REJECTED', what, where, hint });
}
