import type { LoadProgress, Priority } from '@predcache/core';
import type { Methods } from '../session/methods.js';
import type { EncodedError } from '../transport/errorCodec.js';

/** Said where all hear it. */
export type SquareMessage =
  /** Who leads? `tab` is there and wants to be served. */
  { readonly kind: 'ask'; readonly tab: string } | { readonly kind: 'lead'; readonly leader: string };

/** Said to the leader. */
export type ToLeader =
  | {
      readonly kind: 'call';
      readonly call: string;
      readonly method: string;
      readonly argument: unknown;
      readonly priority: Priority;
      readonly startAnyway: boolean;
      readonly wantsProgress: boolean;
    }
  | { readonly kind: 'cancel'; readonly call: string }
  /** Are you there, and which of my calls do you have? */
  | { readonly kind: 'beat'; readonly beat: number };

/** Said by the leader. */
export type FromLeader =
  /** The leader listens. */
  | { readonly kind: 'welcome' }
  | { readonly kind: 'alive'; readonly beat: number; readonly calls: readonly string[] }
  /** This model is not loaded any more. */
  | { readonly kind: 'gone'; readonly identity: string }
  | { readonly kind: 'begun'; readonly call: string }
  | { readonly kind: 'progress'; readonly call: string; readonly progress: LoadProgress }
  | { readonly kind: 'result'; readonly call: string; readonly value: unknown }
  | { readonly kind: 'failure'; readonly call: string; readonly error: EncodedError };

const methods: Readonly<Record<keyof Methods, true>> = {
  load: true,
  run: true,
  signature: true,
  unload: true,
};

export function isMethod(method: string): method is keyof Methods {
  return Object.hasOwn(methods, method);
}
