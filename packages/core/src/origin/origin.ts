import type { Entry } from '../entry.js';
import type { Payload } from '../payload.js';

/** Something that `put` sends to the origin. */
export interface OriginWrite {
  /** The same at every try, so that the origin can tell a repeated delivery from a new write. */
  readonly idempotencyKey: string;
  /** Its `key` says which input it is for, its `model` which model, its `outputs` what is right. */
  readonly entry: Entry;
}

/**
 * The app's system of record, for instance for corrected labels.
 *
 * @example
 * const origin: Origin = {
 *   write: async (writes, { signal }) => {
 *     const response = await fetch('/labels', { method: 'POST', body: JSON.stringify(writes), signal });
 *     if (!response.ok) throw new Error(`The labels were not taken: ${response.status}`);
 *   },
 * };
 */
export interface Origin {
  /** Settles when all of them are recorded. In order; one key's writes never overtake each other. */
  write(writes: readonly OriginWrite[], options: { readonly signal: AbortSignal }): Promise<void>;

  /** What it knows of these keys, one element each; `undefined` for nothing. Asked before an engine is. */
  read?(
    keys: readonly string[],
    options: { readonly signal: AbortSignal },
  ): Promise<readonly (Payload | undefined)[]>;
}
