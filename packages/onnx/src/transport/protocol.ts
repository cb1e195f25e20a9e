import type { LoadProgress } from '@predcache/core';
import type { EncodedError } from './errorCodec.js';

/** Raised when the messages below change, so that files of two versions do not misunderstand each other. */
export const protocolVersion = 2;

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
  readonly call: number;
  readonly progress: LoadProgress;
}

/** Sent by the worker when it was sent something that cannot be read there: the call in it is lost. */
export interface Unreadable {
  readonly predcache: 'unreadable';
}

/**
 * Asks for a run. Runs go past Comlink, which takes as long as a small model does (decision 12), and their message is
 * short: what a model is, is said once.
 */
export interface Run {
  readonly predcache: 'run';
  readonly call: number;
  /** Stands for the model in this worker. */
  readonly model: number;
  /** What it stands for; present the first time. */
  readonly argument?: unknown;
  readonly batch: unknown;
}

/** Nothing is run of a model any more: what stands for it is free. */
export interface Forget {
  readonly predcache: 'forget';
  readonly model: number;
}

/** The answer to a run. */
export interface Ran {
  readonly predcache: 'ran';
  readonly call: number;
  readonly reply: Reply;
}

/** These go beside Comlink's own messages on the same worker, which have neither this field nor a meaning for it. */
export type SideMessage = Hello | Ready | Progress | Unreadable | Run | Forget | Ran;

export interface Request {
  readonly call: number;
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
  /** Of a run too. */
  cancel(call: number): void;
}

export function isSideMessage(data: unknown): data is SideMessage {
  return typeof data === 'object' && data !== null && 'predcache' in data;
}
