import type { EngineCallOptions, EngineCalls } from '../page/engineCalls.js';
import type { Methods } from '../session/methods.js';
import { WorkerTransport, type WorkerTransportOptions } from '../transport/workerTransport.js';

/** One worker as `EngineCalls`, until there is a pool of them: it takes them in the order they come. */
export class TransportCalls implements EngineCalls {
  readonly #transport: WorkerTransport;

  constructor(options: WorkerTransportOptions) {
    this.#transport = new WorkerTransport(options);
  }

  call<Method extends keyof Methods>(
    method: Method,
    argument: Methods[Method]['argument'],
    { signal, onProgress, startAnyway = false }: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    const result = this.#transport.call(method, argument, { signal, onProgress, startAnyway });
    return result as Promise<Methods[Method]['result']>;
  }

  dispose(): void {
    this.#transport.dispose();
  }
}
