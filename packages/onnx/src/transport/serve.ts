import type { LoadProgress } from '@predcache/core';
import { expose, transfer } from 'comlink';
import { encodeError } from './errorCodec.js';
import { takeLifeLock } from './lifeLock.js';
import {
  isSideMessage,
  type Progress,
  protocolVersion,
  type Ready,
  type Reply,
  type Request,
  type Service,
  type Unreadable,
} from './protocol.js';

export interface ServedCall {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

export interface Served {
  readonly value: unknown;
  /** What of the value moves to the page rather than being copied. */
  readonly transfer?: readonly Transferable[];
}

export interface ServeOptions {
  readonly methods: Readonly<Record<string, (argument: never, call: ServedCall) => Promise<Served>>>;
  /** Whether an error leaves the worker unfit for anything else. */
  readonly isFatal: (error: unknown) => boolean;
}

/** The worker's side: answers calls, passes progress on, and says when it is ready. */
export async function serve(scope: WorkerScope, options: ServeOptions): Promise<void> {
  const lock = await takeLifeLock();
  const sayReady = () =>
    scope.postMessage({
      predcache: 'ready',
      protocol: protocolVersion,
      ...(lock === undefined ? {} : { lock }),
    } satisfies Ready);
  expose(service(scope, options), scope);
  scope.addEventListener('messageerror', () =>
    scope.postMessage({ predcache: 'unreadable' } satisfies Unreadable),
  );
  scope.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (isSideMessage(data) && data.predcache === 'hello') sayReady();
  });
  sayReady();
}

/** What is used of the worker's global scope; the DOM library has no type for it. */
export interface WorkerScope extends EventTarget {
  readonly name: string;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

function service(scope: WorkerScope, { methods, isFatal }: ServeOptions): Service {
  const running = new Map<string, AbortController>();

  async function call({ call, method, argument }: Request): Promise<Reply> {
    const controller = new AbortController();
    running.set(call, controller);
    try {
      const handle = methods[method];
      if (handle === undefined) throw new Error(`The worker has no method ${method}`);
      const { value, transfer: moved = [] } = await handle(argument as never, {
        signal: controller.signal,
        onProgress: (progress) =>
          scope.postMessage({ predcache: 'progress', call, progress } satisfies Progress),
      });
      return transfer({ ok: true, value }, [...moved]);
    } catch (error) {
      return { ok: false, error: encodeError(error), fatal: isFatal(error) };
    } finally {
      running.delete(call);
    }
  }

  function cancel(call: string): void {
    running.get(call)?.abort(new DOMException('Cancelled by the page', 'AbortError'));
  }

  return { call, cancel };
}
