import type { LoadProgress, PredcacheError } from '@predcache/core';
import { type Remote, transfer, wrap } from 'comlink';
import { watchForDeath } from './deathWatch.js';
import { decodeError } from './errorCodec.js';
import { type Hello, isSideMessage, protocolVersion, type Ready, type Service } from './protocol.js';
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

export interface PostedCall {
  readonly method: string;
  readonly argument: unknown;
  readonly transfer?: readonly Transferable[] | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Called with what the worker answers; never once the worker has ended. */
  readonly onAnswer: (answer: Answer) => void;
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
  readonly #prefix = Math.random().toString(36).slice(2);
  readonly #unanswered = new Map<string, PostedCall>();
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

  /** Posts a call, or keeps it until the worker is ready. Gives what asks the worker to let go of it. */
  post(posted: PostedCall): () => void {
    const call = `${this.#prefix}-${++this.#calledSoFar}`;
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

  #send(call: string, { method, argument, transfer: moved }: PostedCall): void {
    const answered = this.#silence.begin();
    const request = { call, method, argument };
    this.#call(moved === undefined ? request : transfer(request, [...moved])).then(
      (reply) => {
        answered();
        if (reply.ok) return this.#answer(call, reply);
        const error = decodeError(reply.error);
        this.#answer(call, { ok: false, error });
        if (reply.fatal) this.end({ kind: 'broken', error });
      },
      (cause) => {
        answered();
        this.#answer(call, { ok: false, error: notPosted(cause) });
      },
    );
  }

  #answer(call: string, answer: Answer): void {
    const posted = this.#unanswered.get(call);
    this.#unanswered.delete(call);
    posted?.onAnswer(answer);
  }

  #sayHello(): void {
    this.#worker.postMessage({ predcache: 'hello' } satisfies Hello);
  }

  #onMessage = ({ data }: MessageEvent<unknown>): void => {
    this.#silence.heard();
    if (!isSideMessage(data)) return;
    if (data.predcache === 'ready') this.#onReady(data);
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
