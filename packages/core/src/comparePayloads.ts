import { numberOfFloat16 } from './float16.js';
import type { JsonValue, Payload } from './payload.js';
import type { Tensor, Tensors } from './tensor.js';
import { looksLikeTensors } from './validateTensors.js';

/**
 * How near two outputs are: `equal` to the bit; `within_tolerance`, every number near enough, everything else equal and the
 * same top class; else `different`.
 */
export type Agreement = 'equal' | 'within_tolerance' | 'different';

export interface Comparison {
  readonly agreement: Agreement;
  /** Whether each row (last axis) of each number tensor has its largest element at the same place. */
  readonly isSameTopClass: boolean;
}

/**
 * @param tolerance how far apart numbers may be: |a − b| ≤ tolerance · max(1, |a|, |b|)
 */
export function comparePayloads(a: Payload, b: Payload, tolerance: number): Comparison {
  const areTensors = looksLikeTensors(a);
  if (areTensors !== looksLikeTensors(b)) return { agreement: 'different', isSameTopClass: false };
  if (areTensors) return compareTensors(a as Tensors, b as Tensors, tolerance);
  const agreement = compareJson(a as JsonValue, b as JsonValue, tolerance);
  return { agreement, isSameTopClass: agreement !== 'different' };
}

/** Whether there is a NaN anywhere in it. */
export function hasNaN(payload: Payload): boolean {
  if (looksLikeTensors(payload)) return Object.values(payload as Tensors).some(tensorHasNaN);
  if (typeof payload === 'number') return Number.isNaN(payload);
  return typeof payload === 'object' && payload !== null && Object.values(payload).some(hasNaN);
}

function tensorHasNaN({ type, data }: Tensor): boolean {
  if (type === 'float16') return data.some((bits) => (bits & 0x7fff) > 0x7c00);
  return (type === 'float32' || type === 'float64') && data.some(Number.isNaN);
}

function compareTensors(a: Tensors, b: Tensors, tolerance: number): Comparison {
  const names = Object.keys(a);
  const hasSameNames =
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name));
  if (!hasSameNames) return { agreement: 'different', isSameTopClass: false };
  let agreement: Agreement = 'equal';
  let isSameTopClass = true;
  for (const name of names) {
    const [one, other] = [a[name]!, b[name]!];
    agreement = worse(agreement, compareTensor(one, other, tolerance));
    isSameTopClass &&= hasSameTopClass(one, other);
  }
  return { agreement: isSameTopClass ? agreement : 'different', isSameTopClass };
}

function compareTensor(a: Tensor, b: Tensor, tolerance: number): Agreement {
  if (!isSameShape(a, b)) return 'different';
  if (hasSameBits(a, b)) return 'equal';
  const [one, other] = [numbersOf(a), numbersOf(b)];
  if (one === undefined || other === undefined) return 'different';
  for (let at = 0; at < one.length; at++) if (!isNear(one[at]!, other[at]!, tolerance)) return 'different';
  return 'within_tolerance';
}

function isSameShape(a: Tensor, b: Tensor): boolean {
  return (
    a.type === b.type && a.dims.length === b.dims.length && a.dims.every((dim, at) => dim === b.dims[at])
  );
}

function hasSameBits(a: Tensor, b: Tensor): boolean {
  if (a.type === 'string' || b.type === 'string') {
    const other = b.data as readonly string[];
    return (a.data as readonly string[]).every((element, at) => element === other[at]);
  }
  const [one, other] = [bytesOf(a.data), bytesOf(b.data)];
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** `undefined` for strings and truth values, which are equal or not. */
function numbersOf({ type, data }: Tensor): ArrayLike<number | bigint> | undefined {
  if (type === 'string' || type === 'bool') return undefined;
  return type === 'float16' ? Float64Array.from(data, numberOfFloat16) : data;
}

function hasSameTopClass(a: Tensor, b: Tensor): boolean {
  const [one, other] = [numbersOf(a), numbersOf(b)];
  if (one === undefined || other === undefined) return true;
  if (!isSameShape(a, b)) return false;
  const row = a.dims.at(-1) ?? 1;
  for (let from = 0; from < one.length; from += row) {
    if (topOf(one, from, row) !== topOf(other, from, row)) return false;
  }
  return true;
}

function topOf(numbers: ArrayLike<number | bigint>, from: number, length: number): number {
  let top = from;
  for (let at = from + 1; at < from + length; at++) if (numbers[at]! > numbers[top]!) top = at;
  return top;
}

function compareJson(a: JsonValue, b: JsonValue, tolerance: number): Agreement {
  if (Object.is(a, b)) return 'equal';
  if (typeof a === 'number' && typeof b === 'number')
    return isNear(a, b, tolerance) ? 'within_tolerance' : 'different';
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return 'different';
  const names = Object.keys(a);
  if (Array.isArray(a) !== Array.isArray(b) || names.length !== Object.keys(b).length) return 'different';
  const [one, other] = [a, b] as unknown as Record<string, JsonValue>[];
  let agreement: Agreement = 'equal';
  for (const name of names) {
    if (!Object.hasOwn(other!, name)) return 'different';
    agreement = worse(agreement, compareJson(one![name]!, other![name]!, tolerance));
  }
  return agreement;
}

function isNear(a: number | bigint, b: number | bigint, tolerance: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  // Subtracted as they are: beyond 2 ** 53 different integers are the same number.
  const difference = Math.abs(Number(typeof a === 'bigint' ? a - (b as bigint) : a - Number(b)));
  // An infinity is near nothing else, whatever the tolerance.
  return difference < Number.POSITIVE_INFINITY && difference <= tolerance * Math.max(1, size(a), size(b));
}

function size(number: number | bigint): number {
  return Math.abs(Number(number));
}

const order: readonly Agreement[] = ['equal', 'within_tolerance', 'different'];

function worse(a: Agreement, b: Agreement): Agreement {
  return order.indexOf(a) < order.indexOf(b) ? b : a;
}
