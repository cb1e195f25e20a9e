import { type Entry, entrySize, type Tensors } from '@predcache/core';
import { keyOf } from './keys.js';

/** What every cache is filled from, made before anything is measured. */
export interface Pool {
  readonly keys: readonly string[];
  /** Each at the number of its key. */
  readonly entries: readonly Entry[];
}

/** `Entry.model` of every entry. */
export const model = 'a'.repeat(64);

/** The same in every process. */
export function makePool(size: number): Pool {
  const outputs: Tensors = {
    probabilities: { type: 'float32', dims: [1, 12], data: new Float32Array(12).fill(1 / 12) },
  };
  const tags: readonly string[] = [];
  const bytes = entrySize(outputs, tags);
  const keys = Array.from({ length: size }, (_, number) => keyOf(number));
  const entries = keys.map(
    (key): Entry => ({
      key,
      model,
      outputs,
      createdAt: 1_700_000_000_000,
      cost: 12,
      size: bytes,
      tags,
      computedBy: 'on_device',
      backend: 'wasm',
    }),
  );
  return { keys, entries };
}
