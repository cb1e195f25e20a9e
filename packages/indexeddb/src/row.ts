import { type Entry, looksLikeTensors, type Payload, type Tensor, validateTensors } from '@predcache/core';
import { isJson } from './isJson.js';

/** The version of `Row`. A row of an older format is a miss and is removed; one of a newer format is a miss. */
export const rowFormat = 1;

/** An entry as it is stored. Structured clone keeps typed arrays, 64-bit integers and NaN payloads as they are. */
export interface Row extends Entry {
  readonly format: number;
  /** Grows with each write, in the whole database: the order in which rows are evicted. */
  readonly sequence: number;
}

/** What a stored value turned out to be. `newer` belongs to a later version of the app, in another tab perhaps. */
export type Reading =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'older' | 'newer' | 'damaged' };

/** Makes the row of an entry. */
export function toRow(entry: Entry, sequence: number): Row {
  const { key, model, outputs, createdAt, cost, size, tags, computedBy, backend } = entry;
  return {
    format: rowFormat,
    sequence,
    key,
    model,
    outputs: compact(outputs),
    createdAt,
    cost,
    size,
    tags,
    computedBy,
    backend,
  };
}

/** Reads what is stored under a key. Whatever it is, this does not throw. */
export function readRow(value: unknown, askedKey: string): Reading {
  if (typeof value !== 'object' || value === null) return { kind: 'damaged' };
  const { format, sequence, ...rest } = value as Partial<Record<keyof Row, unknown>>;
  if (typeof format === 'number' && format !== rowFormat)
    return { kind: format < rowFormat ? 'older' : 'newer' };
  const isIntact =
    format === rowFormat && Number.isSafeInteger(sequence) && isEntry(rest) && rest.key === askedKey;
  return isIntact ? { kind: 'entry', entry: rest } : { kind: 'damaged' };
}

/** Whether a value is an entry that can be stored and read back. */
export function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { key, model, outputs, createdAt, cost, size, tags, computedBy, backend } = value as Partial<
    Record<keyof Entry, unknown>
  >;
  return (
    typeof key === 'string' &&
    typeof model === 'string' &&
    isCount(size) &&
    Number.isFinite(createdAt) &&
    isCount(cost) &&
    (computedBy === 'on_device' || computedBy === 'in_cloud') &&
    typeof backend === 'string' &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string') &&
    isPayload(outputs)
  );
}

/** A number of 0 or more. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function isPayload(value: unknown): value is Payload {
  try {
    if (!looksLikeTensors(value)) return isJson(value);
    validateTensors(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Cloning a typed array clones the whole buffer under it: a row of a batch's outputs would be stored with all its
 * neighbours, and one in shared memory could not be stored at all.
 */
function compact(outputs: Payload): Payload {
  if (!looksLikeTensors(outputs)) return outputs;
  const tensors = Object.entries(outputs as Readonly<Record<string, Tensor>>);
  if (tensors.every(([, { data }]) => isCompact(data))) return outputs;
  return Object.fromEntries(
    tensors.map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() } as Tensor]),
  );
}

function isCompact(data: Tensor['data']): boolean {
  if (!ArrayBuffer.isView(data)) return true;
  const { buffer } = data;
  return (
    buffer.byteLength === data.byteLength && Object.prototype.toString.call(buffer) === '[object ArrayBuffer]'
  );
}
