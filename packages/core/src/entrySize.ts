import type { EntryFreshness } from './freshness.js';
import type { JsonValue, Payload } from './payload.js';
import type { Tensors } from './tensor.js';
import { looksLikeTensors } from './validateTensors.js';

/** Bytes of an entry beside its outputs: the key and model digests, the other fields, and a slot in a tier's tables. */
const bookkeeping = 384;

/**
 * The bytes an entry counts for in every tier's budget. Tensor data is counted exactly; strings two bytes a character,
 * objects and arrays by what engines are known to need for them.
 */
export function entrySize(outputs: Payload, tags: readonly string[], freshness?: EntryFreshness): number {
  const size = bookkeeping + payloadSize(outputs) + tags.reduce((sum, tag) => sum + textSize(tag), 0);
  return freshness === undefined ? size : size + 64 + textSize(freshness.etag ?? '');
}

/** The bytes that a payload takes in memory. */
export function payloadSize(payload: Payload): number {
  return looksLikeTensors(payload) ? tensorsSize(payload as Tensors) : jsonSize(payload as JsonValue);
}

function tensorsSize(tensors: Tensors): number {
  let size = 0;
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    size += textSize(name) + 96 + dims.length * 8;
    if (type === 'string') for (const element of data) size += textSize(element);
    else size += data.byteLength;
  }
  return size;
}

function jsonSize(value: JsonValue): number {
  if (typeof value === 'string') return textSize(value);
  if (typeof value !== 'object' || value === null) return 8;
  let size = 32;
  if (Array.isArray(value)) for (const element of value) size += 8 + jsonSize(element);
  else for (const [name, member] of Object.entries(value)) size += 8 + textSize(name) + jsonSize(member);
  return size;
}

function textSize(text: string): number {
  return 16 + text.length * 2;
}
