import type { Entry, JsonValue, Payload, Tensor } from '@predcache/core';
import vectors from '../entryVectors.json' with { type: 'json' };
import type { VectorTensor } from './keyVectors.js';
import { toArray } from './typedArrays.js';

interface EntryVector {
  readonly name: string;
  /** JSON text, as `tensors` and `json` are: those who load JSON as a module lose `__proto__`, -0 and lone surrogates. */
  readonly fields: string;
  readonly tensors?: string;
  readonly json?: string;
  readonly bytes: string;
}

export const entryVectors = (vectors.entries as readonly unknown[] as readonly EntryVector[]).map(
  (vector) => ({ name: vector.name, entry: entryOf(vector), bytes: fromHex(vector.bytes) }),
);

/** Streams of the first `count` vectors. */
export const streamVectors = vectors.streams.map(({ name, count, bytes }) => ({
  name,
  count,
  bytes: fromHex(bytes),
}));

function entryOf({ fields, tensors, json }: EntryVector): Entry {
  const outputs: Payload =
    tensors === undefined
      ? (JSON.parse(json!, revive) as JsonValue)
      : Object.fromEntries(
          (JSON.parse(tensors) as VectorTensor[]).map(({ name, type, dims, strings, hex }) => {
            const data = strings ?? toArray(type, fromHex(hex!));
            return [name, { type, dims, data } as Tensor];
          }),
        );
  return { ...(JSON.parse(fields) as Omit<Entry, 'outputs'>), outputs };
}

/** JSON has no NaN and no infinities: they stand as strings that begin with @. */
function revive(_name: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('@') ? Number(value.slice(1)) : value;
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}
