import type { Tensors } from './tensor.js';

/** Any value JSON can carry (RFC 8259). */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What engines take and give, and what entries hold: named tensors or a JSON value. */
export type Payload = Tensors | JsonValue;
