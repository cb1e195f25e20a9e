import type { LoadProgress } from '@predcache/core';
import { type Remote, wrap } from 'comlink';
import { callListener } from '../callListener.js';
import { PendingCalls } from '../pendingCalls.js';
import { watchForDeath } from './deathWatch.js';
import { decodeError } from './errorCodec.js';
import { type Hello, isSideMessage, protocolVersion, type Ready, type Service } from './protocol.js';
import { SilenceWatch } from './silenceWatch.js';
import { otherVersion, scriptFailed, startTimedOut, workerDied, workerSilent } from './workerErrors.js';

export interface WorkerLinkOptions {
  readonly worker: Worker;
  readonly startTimeout: number;
  readonly runTimeout: number;
  readonly onEnd: (reason: Error) => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/**
 * One worker's life, seen from the page: the ready handshake, the calls that are pending, and its end. Every call
 * settles: with its reply, with its signal's reason, or with why the worker ended.
 */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #options: WorkerLinkOptions;
  readonly #calls = new PendingCalls();
  readonly #progress = new Map<string, (progress: LoadProgress) => void>();
  readonly #silence: SilenceWatch;
  readonly #ready: Promise<void>;
  readonly #startTimer: ReturnType<typeof setTimeout>;
  // Each property access on a Comlink proxy makes another proxy: take the methods once. Keeping them also keeps
  // Comlink from closing the connection when the proxy is collected.
  readonly #call: Remote<Service>['call'];
  readonly #cancel: Remote<Service>['cancel'];
  readonly #prefix = Math.random().toString(36).slice(2);
  #calledSoFar = 0;
  #resolveReady: () => void = () => {};
  #isReady = false;
  #stopWatching: (() => void) | undefined;
  #end: Error | undefined;

  constructor(options: WorkerLinkOptions) {
    const { worker, startTimeout, runTimeout } = options;
    this.#worker = worker;
    this.#options = options;
    this.#ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.#silence = new SilenceWatch({
      timeout: runTimeout,
      isBusy: () => this.#calls.size > 0,
      ask: () => this.#sayHello(),
      onSilence: () => this.end(workerSilent(runTimeout)),
    });
    worker.addEventListener('message', this.#onMessage);
    worker.addEventListener('messageerror', this.#onMessageError);
    worker.addEventListener('error', this.#onError);
    this.#startTimer = setTimeout(() => this.end(startTimedOut(startTimeout)), startTimeout);
    ({ call: this.#call, cancel: this.#cancel } = wrap<Service>(worker));
    this.#sayHello();
  }

  get hasStarted(): boolean {
    return this.#isReady;
  }

  call(method: string, argument: unknown, { signal, onProgress }: CallOptions): Promise<unknown> {
    const call = `${this.#prefix}-${++this.#calledSoFar}`;
    const send = async () => {
      if (!this.#isReady) await this.#ready;
      signal?.throwIfAborted();
      if (this.#end !== undefined) throw this.#end;
      if (onProgress !== undefined) this.#progress.set(call, onProgress);
      const answered = this.#silence.begin();
      const reply = await this.#call({ call, method, argument }).finally(() => {
        answered();
        this.#progress.delete(call);
      });
      if (reply.ok) return reply.value;
      const error = decodeError(reply.error);
      if (reply.fatal) this.end(error);
      throw error;
    };
    const onAbort = () => {
      this.#progress.delete(call);
      if (this.#isReady) this.#cancel(call).catch(() => {});
    };
    return this.#calls.track(send, { signal, onAbort });
  }

  /** Ends the worker; whatever is pending rejects with the reason. */
  end(reason: Error): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    clearTimeout(this.#startTimer);
    this.#silence.stop();
    this.#stopWatching?.();
    this.#worker.removeEventListener('message', this.#onMessage);
    this.#worker.removeEventListener('messageerror', this.#onMessageError);
    this.#worker.removeEventListener('error', this.#onError);
    this.#worker.terminate();
    this.#progress.clear();
    this.#calls.rejectAll(reason);
    this.#options.onEnd(reason);
  }

  #sayHello(): void {
    this.#worker.postMessage({ predcache: 'hello' } satisfies Hello);
  }

  #onMessage = ({ data }: MessageEvent<unknown>): void => {
    this.#silence.heard();
    if (!isSideMessage(data)) return;
    if (data.predcache === 'ready') this.#onReady(data);
    else if (data.predcache === 'progress') callListener(this.#progress.get(data.call), data.progress);
    else if (data.predcache === 'unreadable') this.end(workerDied('The worker could not read a message'));
  };

  #onReady({ protocol, lock }: Ready): void {
    if (this.#isReady) return;
    if (protocol !== protocolVersion) {
      this.end(otherVersion(protocol, protocolVersion));
      return;
    }
    clearTimeout(this.#startTimer);
    if (lock !== undefined && 'locks' in navigator) {
      this.#stopWatching = watchForDeath(lock, () =>
        this.end(workerDied('The worker was ended from outside')),
      );
    }
    this.#isReady = true;
    this.#resolveReady();
  }

  /** A reply that cannot be read: which call it belonged to is not known. */
  #onMessageError = (): void => this.end(workerDied('A message from the worker could not be read'));

  #onError = (event: Event): void => {
    if (!this.#isReady) this.end(scriptFailed(event));
    else this.end(workerDied(`The worker failed: ${(event as Partial<ErrorEvent>).message ?? 'no message'}`));
  };
}
