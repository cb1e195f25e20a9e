import type { LoadProgress, PredcacheError, Priority } from '@predcache/core';
import type { Methods } from '../session/methods.js';

export interface EngineCallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** @default 'user' */
  readonly priority?: Priority | undefined;
  /** Called when a worker has begun with it, the model being loaded: it cannot be stopped from then on. */
  readonly onBegun?: (() => void) | undefined;
  /** Called anyway, also when it failed a moment ago. */
  readonly startAnyway?: boolean | undefined;
  /** What of the argument moves rather than being copied. It cannot be sent a second time then. */
  readonly transfer?: readonly Transferable[] | undefined;
}

/**
 * Where an engine's calls go: to workers of this page, or to those of another tab. Every call settles: with its result,
 * its signal's reason, or a `PredcacheError`.
 */
export interface EngineCalls {
  call<Method extends keyof Methods>(
    method: Method,
    argument: Methods[Method]['argument'],
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']>;

  /** Why runs reject at once just now: no worker could be started a moment ago. Absent where that is not known. */
  readonly failure?: PredcacheError | undefined;

  /** Settles what is pending, with the code `DISPOSED`. Final. */
  dispose(): void;
}
