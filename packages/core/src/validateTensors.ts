import { PredcacheError } from './errors/predcacheError.js';
import type { Tensor, Tensors } from './tensor.js';
import { acceptedArrays, arrayName, isDataOf, isTensorType, tensorTypes } from './tensorTypes.js';

/**
 * Whether a value is meant as named tensors rather than as a JSON object: a plain, non-empty object in which some
 * member has `type`, `dims` and `data`, where the data is a typed array or the type is a tensor type's name.
 */
export function looksLikeTensors(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return false;
  return Object.values(value).some(looksLikeTensor);
}

function looksLikeTensor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, dims, data } = value as Partial<Record<keyof Tensor, unknown>>;
  if (type === undefined || dims === undefined || data === undefined) return false;
  return ArrayBuffer.isView(data) || (isTensorType(type) && Array.isArray(dims) && Array.isArray(data));
}

/**
 * Checks every tensor's type, dims and data against each other.
 *
 * @throws {PredcacheError} `INPUT_TENSOR_INVALID`, naming the tensor, what came and what was expected.
 */
export function validateTensors(value: Readonly<Record<string, unknown>>): asserts value is Tensors {
  for (const [name, tensor] of Object.entries(value)) validateTensor(name, tensor);
}

function validateTensor(name: string, tensor: unknown): void {
  if (typeof tensor !== 'object' || tensor === null) {
    throw invalid(
      name,
      `It is ${tensor === null ? 'null' : typeof tensor}, not a tensor`,
      'Pass { type, dims, data }',
    );
  }
  const { type, dims, data } = tensor as Partial<Record<keyof Tensor, unknown>>;
  if (!isTensorType(type)) {
    throw invalid(name, `Unknown tensor type ${describe(type)}`, `Use one of ${tensorTypes.join(', ')}`);
  }
  if (!Array.isArray(dims) || !Array.from(dims).every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw invalid(name, `Its dims are ${describe(dims)}`, 'Pass an array of whole numbers, each 0 or more');
  }
  if (!isDataOf(type, data)) {
    const came = ArrayBuffer.isView(data) ? `a ${arrayName(data)}` : describe(data);
    throw invalid(name, `The data of a ${type} tensor is ${came}`, `Pass ${acceptedArrays(type)}`);
  }
  const elements = dims.reduce((product: number, dim: number) => product * dim, 1);
  if (elements !== data.length) {
    throw invalid(
      name,
      `Its dims [${dims.join(', ')}] hold ${elements} elements, its data ${data.length}`,
      'Make data.length equal the product of dims',
    );
  }
}

function invalid(name: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'INPUT_TENSOR_INVALID', what, where: `tensor "${name}"`, hint });
}

/** A short picture of a value of unknown kind; never its whole content. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(String).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  return value === null || typeof value !== 'object' ? String(value) : 'an object';
}
