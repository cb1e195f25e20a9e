import type { LoadProgress, PredcacheError } from '@predcache/core';
import { type Remote, transfer, wrap } from 'comlink';
import { watchForDeath } from './deathWatch.js';
import { decodeError } from './errorCodec.js';
import {
  type Forget,
  type Hello,
  isSideMessage,
  protocolVersion,
  type Ready,
  type Reply,
  type Run,
  type Service,
} from './protocol.js';
import { SilenceWatch } from './silenceWatch.js';
import type { WorkerEnd } from './workerEnd.js';
import {
  notPosted,
  otherVersion,
  scriptFailed,
  startTimedOut,
  workerDied,
  workerSilent,
} from './workerErrors.js';

export interface WorkerLinkOptions {
  readonly worker: Worker;
  readonly startTimeout: number;
  readonly runTimeout: number;
  readonly onEnd: (end: WorkerEnd) => void;
}

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PredcacheError };

interface Posted {
  readonly transfer?: readonly Transferable[] | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Called with what the worker answers; never once the worker has ended. */
  readonly onAnswer: (answer: Answer) => void;
}

export interface PostedCall extends Posted {
  readonly method: string;
  readonly argument: unknown;
}

export interface PostedRun extends Posted {
  /** What the model is. It is sent once: the same object stands for the same model. */
  readonly model: object;
  readonly batch: unknown;
}

/**
 * One worker's life, seen from the page: the ready handshake, the calls it has not answered, and its end. A call posted
 * here is answered, or the worker ends and `onEnd` says so.
 */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #options: WorkerLinkOptions;
  readonly #silence: SilenceWatch;
  readonly #startTimer: ReturnType<typeof setTimeout>;
  // Each property access on a Comlink proxy makes another proxy: take the methods once. Keeping them also keeps
  // Comlink from closing the connection when the proxy is collected.
  readonly #call: Remote<Service>['call'];
  readonly #cancel: Remote<Service>['cancel'];
  readonly #unanswered = new Map<number, PostedCall | PostedRun>();
  /** Models that the worker has been told of. */
  readonly #models = new Map<object, number>();
  #modelsSoFar = 0;
  #calledSoFar = 0;
  #isReady = false;
  #stopWatching: (() => void) | undefined;
  #hasEnded = false;

  constructor(options: WorkerLinkOptions) {
    const { worker, startTimeout, runTimeout } = options;
    this.#worker = worker;
    this.#options = options;
    this.#silence = new SilenceWatch({
      timeout: runTimeout,
      isBusy: () => this.#unanswered.size > 0,
      ask: () => this.#sayHello(),
      onSilence: () => this.end({ kind: 'silent', error: workerSilent(runTimeout) }),
    });
    worker.addEventListener('message', this.#onMessage);
    worker.addEventListener('messageerror', this.#onMessageError);
    worker.addEventListener('error', this.#onError);
    this.#startTimer = setTimeout(
      () => this.end({ kind: 'unfit', error: startTimedOut(startTimeout) }),
      startTimeout,
    );
    ({ call: this.#call, cancel: this.#cancel } = wrap<Service>(worker));
    this.#sayHello();
  }

  /** Calls that it has been given and has not answered, cancelled ones included. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** Posts a call or a run, or keeps it until the worker is ready. Gives what asks the worker to let go of it. */
  post(posted: PostedCall | PostedRun): () => void {
    const call = ++this.#calledSoFar;
    this.#unanswered.set(call, posted);
    if (this.#isReady) this.#send(call, posted);
    return () => {
      if (!this.#unanswered.has(call)) return;
      if (this.#isReady) this.#cancel(call).catch(() => {});
      else this.#unanswered.delete(call);
    };
  }

  /** Ends the worker. What it has not answered stays unanswered. */
  end(end: WorkerEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#startTimer);
    this.#silence.stop();
    this.#stopWatching?.();
    this.#worker.removeEventListener('message', this.#onMessage);
    this.#worker.removeEventListener('messageerror', this.#onMessageError);
    this.#worker.removeEventListener('error', this.#onError);
    this.#worker.terminate();
    this.#unanswered.clear();
    this.#options.onEnd(end);
  }

  /** Nothing more is run of it until a run says anew what it is. */
  forget(model: object): void {
    const number = this.#models.get(model);
    if (number === undefined) return;
    this.#models.delete(model);
    this.#worker.postMessage({ predcache: 'forget', model: number } satisfies Forget);
  }

  #send(call: number, posted: PostedCall | PostedRun): void {
    this.#silence.begin();
    if ('batch' in posted) this.#sendRun(call, posted);
    else this.#sendCall(call, posted);
  }

  #sendCall(call: number, { method, argument, transfer: moved }: PostedCall): void {
    const request = { call, method, argument };
    this.#call(moved === undefined ? request : transfer(request, [...moved])).then(
      (reply) => this.#replied(call, reply),
      (cause) => this.#answer(call, { ok: false, error: notPosted(cause) }),
    );
  }

  #sendRun(call: number, { model, batch, transfer: moved = [] }: PostedRun): void {
    let number = this.#models.get(model);
    const argument = number === undefined ? { argument: model } : undefined;
    if (number === undefined) {
      number = ++this.#modelsSoFar;
      this.#models.set(model, number);
    }
    try {
      this.#worker.postMessage({ predcache: 'run', call, model: number, ...argument, batch } satisfies Run, [
        ...moved,
      ]);
    } catch (cause) {
      // It was not sent, and what the model is neither.
      if (argument !== undefined) this.#models.delete(model);
      queueMicrotask(() => this.#answer(call, { ok: false, error: notPosted(cause) }));
    }
  }

  #replied(call: number, reply: Reply): void {
    if (reply.ok) {
      this.#answer(call, reply);
      return;
    }
    const error = decodeError(reply.error);
    this.#answer(call, { ok: false, error });
    if (reply.fatal) this.end({ kind: 'broken', error });
  }

  #answer(call: number, answer: Answer): void {
    const posted = this.#unanswered.get(call);
    if (posted === undefined) return;
    this.#unanswered.delete(call);
    this.#silence.end();
    posted.onAnswer(answer);
  }

  #sayHello(): void {
    this.#worker.postMessage({ predcache: 'hello' } satisfies Hello);
  }

  #onMessage = ({ data }: MessageEvent<unknown>): void => {
    this.#silence.heard();
    if (!isSideMessage(data)) return;
    if (data.predcache === 'ran') this.#replied(data.call, data.reply);
    else if (data.predcache === 'ready') this.#onReady(data);
    else if (data.predcache === 'progress') this.#unanswered.get(data.call)?.onProgress?.(data.progress);
    else if (data.predcache === 'unreadable') this.#die('The worker could not read a message');
  };

  #onReady({ protocol, lock }: Ready): void {
    if (this.#isReady) return;
    if (protocol !== protocolVersion) {
      this.end({ kind: 'unfit', error: otherVersion(protocol, protocolVersion) });
      return;
    }
    clearTimeout(this.#startTimer);
    if (lock !== undefined && 'locks' in navigator)
      this.#stopWatching = watchForDeath(lock, () => this.#die('The worker was ended from outside'));
    this.#isReady = true;
    for (const [call, posted] of this.#unanswered) this.#send(call, posted);
  }

  /** A reply that cannot be read: which call it belonged to is not known. */
  #onMessageError = (): void => this.#die('A message from the worker could not be read');

  #onError = (event: Event): void => {
    if (!this.#isReady) this.end({ kind: 'unfit', error: scriptFailed(event) });
    else this.#die(`The worker failed: ${(event as Partial<ErrorEvent>).message ?? 'no message'}`);
  };

  #die(what: string): void {
    this.end({ kind: 'died', error: workerDied(what) });
  }
}
