import type { EngineResult, Tensors } from '@predcache/core';
import { keptModels } from '../files/keptModels.js';
import { serve, type WorkerScope } from '../transport/serve.js';
import type { SessionSettings } from './methods.js';
import type { ModelReference } from './modelReference.js';
import { type OrtModule, Runtime } from './runtime.js';
import { leavesRuntimeBroken } from './runtimeErrors.js';
import { SessionHost } from './sessionHost.js';

/** Arguments of the calls that the page makes. */
export interface LoadArgument {
  readonly model: ModelReference;
  readonly settings?: Pick<SessionSettings, 'modelCache'>;
}

export interface RunArgument extends LoadArgument {
  readonly batch: readonly Tensors[];
}

/** Bytes from which moving an array costs less than copying it. */
const worthMoving = 64 * 1024;

/** Answers `load` and `run` in a worker. */
export function serveSessions(scope: WorkerScope, importOrt: () => Promise<OrtModule>): Promise<void> {
  const host = new SessionHost({ runtime: new Runtime(importOrt), readModel: keptModels() });
  return serve(scope, {
    isFatal: leavesRuntimeBroken,
    methods: {
      async load({ model, settings }: LoadArgument, call) {
        await host.load(model, { ...call, modelCache: settings?.modelCache });
        return { value: undefined };
      },
      async run({ model, settings, batch }: RunArgument, call) {
        const result = await host.run(model, batch, { ...call, modelCache: settings?.modelCache });
        return { value: result, transfer: buffersWorthMoving(result) };
      },
    },
  });
}

function buffersWorthMoving({ outputs }: EngineResult): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const output of outputs as readonly Tensors[]) {
    for (const { data } of Object.values(output)) {
      if (!ArrayBuffer.isView(data) || data.byteLength < worthMoving) continue;
      if (data.buffer instanceof ArrayBuffer && data.buffer.byteLength === data.byteLength)
        buffers.add(data.buffer);
    }
  }
  return [...buffers];
}
