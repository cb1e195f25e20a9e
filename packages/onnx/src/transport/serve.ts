import type { LoadProgress } from '@predcache/core';
import { expose, transfer } from 'comlink';
import { encodeError } from './errorCodec.js';
import { takeLifeLock } from './lifeLock.js';
import {
  isSideMessage,
  type Progress,
  protocolVersion,
  type Ran,
  type Ready,
  type Reply,
  type Request,
  type Run,
  type Service,
  type Unreadable,
} from './protocol.js';

/** One call as those see it who answer it. */
export class ServedCall {
  readonly onProgress: (progress: LoadProgress) => void;
  #controller: AbortController | undefined;
  #isCancelled = false;

  constructor(onProgress: (progress: LoadProgress) => void) {
    this.onProgress = onProgress;
  }

  /** Aborts when the page takes the call back. Made when first asked for: a short run needs none. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isCancelled) this.#abort();
    return this.#controller.signal;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#abort();
  }

  #abort(): void {
    this.#controller?.abort(new DOMException('Cancelled by the page', 'AbortError'));
  }
}

export interface Served {
  readonly value: unknown;
  /** What of the value moves to the page rather than being copied. */
  readonly transfer?: readonly Transferable[];
}

export interface ServeOptions {
  readonly methods: Readonly<Record<string, (argument: never, call: ServedCall) => Promise<Served>>>;
  /** @param argument what the page said of the model when it asked for a run of it first */
  readonly run: (argument: never, batch: never, call: ServedCall) => Promise<Served>;
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
  const calls = new ServedCalls(scope, options);
  scope.addEventListener('messageerror', () =>
    scope.postMessage({ predcache: 'unreadable' } satisfies Unreadable),
  );
  scope.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (!isSideMessage(data)) return;
    event.stopImmediatePropagation();
    if (data.predcache === 'run') void calls.run(data);
    else if (data.predcache === 'forget') calls.forget(data.model);
    else if (data.predcache === 'hello') sayReady();
  });
  // After our own listener, which lets it hear what is Comlink's alone.
  const service: Service = {
    call: (request) => calls.call(request),
    cancel: (call) => calls.cancel(call),
  };
  expose(service, scope);
  sayReady();
}

/** What is used of the worker's global scope; the DOM library has no type for it. */
export interface WorkerScope extends EventTarget {
  readonly name: string;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

const none: readonly Transferable[] = [];

/** What the page has asked for and not been answered. */
class ServedCalls {
  readonly #scope: WorkerScope;
  readonly #options: ServeOptions;
  readonly #running = new Map<number, ServedCall>();
  readonly #models = new Map<number, unknown>();

  constructor(scope: WorkerScope, options: ServeOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  async call({ call, method, argument }: Request): Promise<Reply> {
    const { reply, moved } = await this.#answer(call, (served) => {
      const handle = this.#options.methods[method];
      if (handle === undefined) throw new Error(`The worker has no method ${method}`);
      return handle(argument as never, served);
    });
    return transfer(reply, moved);
  }

  async run({ call, model, argument, batch }: Run): Promise<void> {
    if (argument !== undefined) this.#models.set(model, argument);
    const { reply, moved } = await this.#answer(call, (served) =>
      this.#options.run(this.#models.get(model) as never, batch as never, served),
    );
    try {
      this.#scope.postMessage({ predcache: 'ran', call, reply } satisfies Ran, moved);
    } catch (error) {
      const failed: Reply = { ok: false, error: encodeError(error), fatal: false };
      this.#scope.postMessage({ predcache: 'ran', call, reply: failed } satisfies Ran);
    }
  }

  forget(model: number): void {
    this.#models.delete(model);
  }

  cancel(call: number): void {
    this.#running.get(call)?.cancel();
  }

  async #answer(
    call: number,
    answer: (served: ServedCall) => Promise<Served>,
  ): Promise<{ readonly reply: Reply; readonly moved: Transferable[] }> {
    const served = new ServedCall((progress) =>
      this.#scope.postMessage({ predcache: 'progress', call, progress } satisfies Progress),
    );
    this.#running.set(call, served);
    try {
      const { value, transfer: moved = none } = await answer(served);
      return { reply: { ok: true, value }, moved: [...moved] };
    } catch (error) {
      const { isFatal } = this.#options;
      return { reply: { ok: false, error: encodeError(error), fatal: isFatal(error) }, moved: [] };
    } finally {
      this.#running.delete(call);
    }
  }
}
