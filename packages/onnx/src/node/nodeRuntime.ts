import { PredcacheError } from '@predcache/core';
import { native } from '../backends/native.js';
import { wasm } from '../backends/wasm.js';
import { type OrtModule, Runtime } from '../session/runtime.js';
import { messageOf } from '../session/runtimeErrors.js';

/** Which ONNX Runtime computes in Node. */
export type NodeRuntime = 'auto' | 'web' | 'native';

/** The runtime chosen; with `auto` that is done when it starts. */
export function nodeRuntime(choice: NodeRuntime): Runtime {
  if (choice === 'web') return new Runtime(importWeb);
  let backend = native;
  const importOrt = async () => {
    try {
      // Both have the interface of onnxruntime-common.
      return (await import('onnxruntime-node')) as unknown as OrtModule;
    } catch (cause) {
      if (choice === 'native') throw missing(cause);
      backend = wasm;
      return importWeb();
    }
  };
  return new Runtime(importOrt, { prepare: (ort, threads) => backend.prepare(ort, threads) });
}

function importWeb(): Promise<OrtModule> {
  return import('onnxruntime-web');
}

function missing(cause: unknown): PredcacheError {
  return new PredcacheError({
    code: 'RUNTIME_UNAVAILABLE',
    what: `onnxruntime-node could not be loaded: ${messageOf(cause).split('\n', 1)[0]}`,
    where: 'the native runtime',
    hint: "Install onnxruntime-node, or choose runtime: 'auto' or 'web'",
    cause,
  });
}
