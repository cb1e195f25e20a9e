import type { EngineResult, ModelSignature, Tensors } from '@predcache/core';
import type { ModelReference } from './modelReference.js';

/** How sessions are made and run; the same in every call of one engine. */
export interface SessionSettings {
  /** Whether inputs are computed together along their first axis. `undefined`: where the model's dims allow it. */
  readonly batching?: boolean | undefined;
  /** Threads of the wasm runtime. `undefined`: one, or several where the page is isolated and has cores to spare. */
  readonly threads?: number | undefined;
  /** Where model files are kept for offline use. */
  readonly modelCache: ModelCacheSettings | false;
}

export interface ModelCacheSettings {
  /** The cache's name in the origin's Cache Storage. */
  readonly name: string;
  /** How many versions of a model are kept, the ones used last. */
  readonly keepVersions: number;
}

export interface ModelArgument {
  readonly model: ModelReference;
  readonly settings: SessionSettings;
}

export interface RunArgument extends ModelArgument {
  readonly batch: readonly Tensors[];
}

/** The calls that a worker answers: what each takes and gives. */
export interface Methods {
  readonly load: { readonly argument: ModelArgument; readonly result: undefined };
  readonly run: { readonly argument: RunArgument; readonly result: EngineResult };
  readonly signature: { readonly argument: ModelArgument; readonly result: ModelSignature };
  /** Ends the model's session after the runs it has begun. */
  readonly unload: { readonly argument: ModelArgument; readonly result: undefined };
}
