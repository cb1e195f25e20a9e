import { wrap } from 'comlink';
import type { Methods, RunArgument } from '../../src/session/methods.js';
import { decodeError, type EncodedError } from '../../src/transport/errorCodec.js';
import { isSideMessage, type Reply, type Run, type Service } from '../../src/transport/protocol.js';

export type CallWorker = <Method extends keyof Methods>(
  method: Method,
  argument: Methods[Method]['argument'],
) => Promise<Methods[Method]['result']>;

/** A failed call, with what the page is told beside the error. */
export class CallFailed extends Error {
  readonly fatal: boolean;

  constructor(error: EncodedError, fatal: boolean) {
    super(error.message, { cause: decodeError(error) });
    this.fatal = fatal;
  }
}

/** Calls a worker without the page's side of the engine, so that each of its answers is seen as it is. */
export async function workerCalls(worker: Worker): Promise<CallWorker> {
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => {
      if (isSideMessage(data) && data.predcache === 'ready') resolve();
    });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  });
  const service = wrap<Service>(worker);
  worker.postMessage({ predcache: 'hello' });
  await ready;
  let calls = 0;
  const waiting = new Map<number, (reply: Reply) => void>();
  worker.addEventListener('message', ({ data }) => {
    if (isSideMessage(data) && data.predcache === 'ran') waiting.get(data.call)?.(data.reply);
  });
  return async (method, argument) => {
    const call = ++calls;
    const reply = await new Promise<Reply>((resolve, reject) => {
      waiting.set(call, resolve);
      if (method !== 'run') service.call({ call, method, argument }).then(resolve, reject);
      else {
        const { batch, ...model } = argument as RunArgument;
        worker.postMessage({ predcache: 'run', call, model: call, argument: model, batch } satisfies Run);
      }
    });
    if (!reply.ok) throw new CallFailed(reply.error, reply.fatal);
    return reply.value as never;
  };
}
