import { describeError } from '@predcache/core';
import { GrowingPause } from '../growingPause.js';
import { disposed, startFailed } from './workerErrors.js';
import { type CallOptions, WorkerLink } from './workerLink.js';

export interface WorkerTransportOptions {
  readonly createWorker: () => Worker;
  /** ms a worker has to get ready. */
  readonly startTimeout: number;
  /** ms a worker with work to do may stay silent. */
  readonly runTimeout: number;
  /** Called when a worker has ended, for whatever reason. */
  readonly onEnd: () => void;
}

export interface TransportCallOptions extends CallOptions {
  /** Starts a worker even when one failed a moment ago. */
  readonly startAnyway?: boolean;
}

/**
 * Calls into a worker that is started by the first call and replaced when it has ended. Workers that keep failing are
 * left alone for a growing pause, in which calls reject at once with what was wrong last.
 */
export class WorkerTransport {
  readonly #options: WorkerTransportOptions;
  readonly #pause = new GrowingPause();
  /** Workers that ended in a row before they had answered anything. The first is forgiven: tabs do get killed. */
  #fruitless = 0;
  #lastFailure: Error | undefined;
  #link: WorkerLink | undefined;
  #lastWorker: Worker | undefined;
  #isDisposed = false;

  constructor(options: WorkerTransportOptions) {
    this.#options = options;
  }

  async call(method: string, argument: unknown, options: TransportCallOptions): Promise<unknown> {
    if (this.#isDisposed) throw disposed();
    options.signal?.throwIfAborted();
    if (options.startAnyway !== true && this.#link === undefined && this.#pause.remaining > 0)
      throw this.#lastFailure;
    this.#link ??= this.#start();
    const link = this.#link;
    const value = await link.call(method, argument, options);
    this.#pause.succeeded();
    this.#fruitless = 0;
    return value;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#link?.end(disposed());
  }

  #start(): WorkerLink {
    const { startTimeout, runTimeout } = this.#options;
    const link: WorkerLink = new WorkerLink({
      worker: this.#createWorker(),
      startTimeout,
      runTimeout,
      onEnd: (reason) => {
        this.#link = undefined;
        if (!this.#isDisposed) this.#noteEnd(reason);
        this.#options.onEnd();
      },
    });
    return link;
  }

  #createWorker(): Worker {
    try {
      const worker = this.#options.createWorker();
      if (worker === this.#lastWorker) {
        throw startFailed(
          'The worker option gave the worker that has ended',
          'Make it return a new Worker each time it is called',
        );
      }
      if (typeof worker?.postMessage !== 'function' || typeof worker.terminate !== 'function') {
        throw startFailed(
          'The worker option gave no Worker',
          "Write worker: () => new Worker(…, { type: 'module' })",
        );
      }
      this.#lastWorker = worker;
      return worker;
    } catch (cause) {
      const failure =
        cause instanceof Error && 'code' in cause && cause.code === 'WORKER_START_FAILED'
          ? cause
          : startFailed(
              `The worker could not be made: ${describeError(cause)}`,
              'Check the worker option and that worker-src of the page allows the script',
              { cause },
            );
      this.#noteEnd(failure);
      throw failure;
    }
  }

  #noteEnd(reason: Error): void {
    this.#lastFailure = reason;
    this.#fruitless += 1;
    const { code } = reason as { code?: string };
    const cannotWork = code === 'WORKER_START_FAILED' || code === 'RUNTIME_UNAVAILABLE';
    if (cannotWork || this.#fruitless > 1) this.#pause.failed();
  }
}
