import type { Model, TensorType } from '@predcache/core';
import vectors from '../keyVectors.json' with { type: 'json' };

export interface VectorTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly hex?: string;
  readonly strings?: readonly string[];
}

/** A fixed input and its key: exactly one of `tensors`, `json` and `raw` is there; `variation` where there is one. */
export interface KeyVector {
  readonly name: string;
  readonly model: Model;
  readonly tensors?: readonly VectorTensor[];
  readonly json?: unknown;
  readonly raw?: { readonly encodeVersion: string; readonly hex: string };
  readonly variation?: unknown;
  readonly canonical: string;
  readonly key: string;
}

export const keyVectors = vectors as readonly unknown[] as readonly KeyVector[];
