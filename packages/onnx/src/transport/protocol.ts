import type { LoadProgress } from '@predcache/core';
import type { EncodedError } from './errorCodec.js';

/** Raised when the messages below change, so that files of two versions do not misunderstand each other. */
export const protocolVersion = 1;

/** Sent by the page when it has the worker, and again to ask for a sign of life. */
export interface Hello {
  readonly predcache: 'hello';
}

/** Sent by the worker when it has set up, and in answer to every hello. */
export interface Ready {
  readonly predcache: 'ready';
  readonly protocol: number;
  /** The Web Lock the worker holds for life; absent where there are no Web Locks. */
  readonly lock?: string;
}

export interface Progress {
  readonly predcache: 'progress';
  readonly call: string;
  readonly progress: LoadProgress;
}

/** Sent by the worker when it was sent something that cannot be read there: the call in it is lost. */
export interface Unreadable {
  readonly predcache: 'unreadable';
}

/** These go beside Comlink's own messages on the same worker, which have neither this field nor a meaning for it. */
export type SideMessage = Hello | Ready | Progress | Unreadable;

export interface Request {
  readonly call: string;
  readonly method: string;
  readonly argument: unknown;
}

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  /** `fatal`: the worker is of no use any more. */
  | { readonly ok: false; readonly error: EncodedError; readonly fatal: boolean };

/** What the worker exposes through Comlink. It never throws: Comlink would lose all of an error but its message. */
export interface Service {
  call(request: Request): Promise<Reply>;
  cancel(call: string): void;
}

export function isSideMessage(data: unknown): data is SideMessage {
  return typeof data === 'object' && data !== null && 'predcache' in data;
}
