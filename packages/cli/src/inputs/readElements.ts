import { isTensorType, PredcacheError, type TensorData, type TensorType } from '@predcache/core';

type Numeric = Exclude<TensorType, 'string'>;

interface ElementTraits {
  readonly array: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBuffer): Exclude<TensorData, readonly string[]>;
  };
  /** Gives the element, or `undefined` where the JSON value is none of this type. */
  readonly read: (value: unknown) => number | bigint | undefined;
}

const elements: Readonly<Record<Numeric, ElementTraits>> = {
  float32: { array: Float32Array, read: (value) => (isFinite32(value) ? value : undefined) },
  float64: { array: Float64Array, read: (value) => (Number.isFinite(value) ? (value as number) : undefined) },
  // Numbers here would leave open whether they are values or bits.
  float16: { array: Uint16Array, read: () => undefined },
  int8: { array: Int8Array, read: wholeNumber(-(2 ** 7), 2 ** 7 - 1) },
  uint8: { array: Uint8Array, read: wholeNumber(0, 2 ** 8 - 1) },
  int16: { array: Int16Array, read: wholeNumber(-(2 ** 15), 2 ** 15 - 1) },
  uint16: { array: Uint16Array, read: wholeNumber(0, 2 ** 16 - 1) },
  int32: { array: Int32Array, read: wholeNumber(-(2 ** 31), 2 ** 31 - 1) },
  uint32: { array: Uint32Array, read: wholeNumber(0, 2 ** 32 - 1) },
  int64: { array: BigInt64Array, read: bigWhole(-(2n ** 63n), 2n ** 63n - 1n) },
  uint64: { array: BigUint64Array, read: bigWhole(0n, 2n ** 64n - 1n) },
  bool: {
    array: Uint8Array,
    read: (value) => (typeof value === 'boolean' ? Number(value) : zeroOrOne(value)),
  },
};

/**
 * A tensor's data from its JSON form. What is of an unknown type, or neither array nor text, is given as it is:
 * `validateTensors` has the words for it.
 *
 * @throws {PredcacheError} `INPUT_TENSOR_INVALID` for an element the type does not have, and for bad base64.
 */
export function readElements(type: unknown, data: unknown, where: string): unknown {
  if (!isTensorType(type) || type === 'string') return data;
  if (typeof data === 'string') return readBase64(type, data, where);
  if (!Array.isArray(data)) return data;
  const { array: TypedArray, read } = elements[type];
  const typed = new TypedArray(new ArrayBuffer(data.length * TypedArray.BYTES_PER_ELEMENT));
  for (const [index, value] of data.entries()) {
    const element = read(value);
    if (element === undefined) throw badElement(type, index, value, where);
    (typed as { [index: number]: number | bigint })[index] = element;
  }
  return typed;
}

function readBase64(type: Numeric, text: string, where: string): TensorData {
  const bytes = Buffer.from(text, 'base64');
  // Buffer passes over what is no base64: only a text that comes out again was one.
  if (bytes.toString('base64') !== text)
    throw invalid(where, 'Its data is a text that is no base64', 'Write standard base64, with its padding');
  const { array: TypedArray } = elements[type];
  const step = TypedArray.BYTES_PER_ELEMENT;
  if (bytes.length % step !== 0) {
    throw invalid(
      where,
      `Its data has ${bytes.length} bytes, and a ${type} takes ${step}`,
      "Write the base64 of the elements' little-endian bytes",
    );
  }
  if (type === 'bool' && bytes.some((byte) => byte > 1))
    throw invalid(where, 'Its data has bytes that are neither 0 nor 1', 'Write a byte of 0 or 1 an element');
  return new TypedArray(Uint8Array.from(bytes).buffer);
}

/** Larger ones would become infinite, which nobody wrote. */
function isFinite32(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(Math.fround(value));
}

function zeroOrOne(value: unknown): number | undefined {
  return value === 0 || value === 1 ? value : undefined;
}

function wholeNumber(least: number, most: number): ElementTraits['read'] {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;
}

/** JSON's numbers are exact up to 2^53 only: beyond, digits in a text. */
function bigWhole(least: bigint, most: bigint): ElementTraits['read'] {
  return (value) => {
    const isWhole = Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value));
    if (!isWhole) return undefined;
    const whole = BigInt(value as number | string);
    return whole >= least && whole <= most ? whole : undefined;
  };
}

function badElement(type: TensorType, index: number, value: unknown, where: string): PredcacheError {
  const came = JSON.stringify(value)?.slice(0, 40);
  if (type === 'float16')
    return invalid(where, 'A float16 has no numbers in JSON', 'Write its data as base64 of its bits');
  const hint = /64$/.test(type)
    ? 'Write numbers; integers beyond 2^53 as texts of digits; NaN and infinities need base64'
    : 'Write elements that the type has, or the base64 of their little-endian bytes';
  return invalid(where, `Element ${index} of its data is ${came}, which is no ${type}`, hint);
}

function invalid(where: string, what: string, hint: string): PredcacheError {
  return new PredcacheError({ code: 'INPUT_TENSOR_INVALID', what, where, hint });
}
