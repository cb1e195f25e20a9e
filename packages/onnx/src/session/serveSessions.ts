import type { Tensors } from '@predcache/core';
import type { Backend } from '../backends/backend.js';
import { wasm } from '../backends/wasm.js';
import { buffersWorthMoving } from '../buffersWorthMoving.js';
import { keptModels } from '../files/keptModels.js';
import { type ServedCall, serve, type WorkerScope } from '../transport/serve.js';
import type { Methods, ModelArgument, RunArgument } from './methods.js';
import { type OrtModule, Runtime } from './runtime.js';
import { leavesRuntimeBroken } from './runtimeErrors.js';
import { SessionHost } from './sessionHost.js';

type Handlers = {
  readonly [Method in Exclude<keyof Methods, 'run'>]: (
    argument: Methods[Method]['argument'],
    call: ServedCall,
  ) => Promise<{ readonly value: Methods[Method]['result']; readonly transfer?: readonly Transferable[] }>;
};

/** Answers the calls of a page in a worker. */
export function serveSessions(
  scope: WorkerScope,
  importOrt: () => Promise<OrtModule>,
  backend: Backend = wasm,
): Promise<void> {
  const host = new SessionHost({ runtime: new Runtime(importOrt, backend), readModel: keptModels() });
  const methods: Handlers = {
    async load(argument, call) {
      await host.load(argument, call);
      return { value: undefined };
    },
    async signature(argument, call) {
      return { value: await host.signature(argument, call) };
    },
    async unload(argument) {
      await host.unload(argument);
      return { value: undefined };
    },
  };
  return serve(scope, {
    isFatal: leavesRuntimeBroken,
    methods,
    async run(argument: ModelArgument, batch: RunArgument['batch'], call) {
      // What is one run of the runtime cannot be taken back on the way: it need not hear of it.
      const value = await host.run({ ...argument, batch }, batch.length > 1 ? call : {});
      return { value, transfer: buffersWorthMoving(value.outputs as readonly Tensors[]) };
    },
  });
}
