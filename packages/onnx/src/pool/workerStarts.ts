import { describeError, isPredcacheError, type PredcacheError } from '@predcache/core';
import { GrowingPause } from '../growingPause.js';
import type { WorkerEnd } from '../transport/workerEnd.js';
import { startFailed } from '../transport/workerErrors.js';

/** Makes workers, and leaves it for a growing pause when they keep failing. */
export class WorkerStarts {
  readonly #create: () => Worker;
  readonly #pause = new GrowingPause();
  /** Workers that ended in a row before they had answered anything. The first is forgiven: tabs do get killed. */
  #fruitless = 0;
  #failure: PredcacheError | undefined;
  readonly #made = new WeakSet<Worker>();

  constructor(create: () => Worker) {
    this.#create = create;
  }

  /** What was wrong last, while no worker is to be started because of it. */
  get failure(): PredcacheError | undefined {
    return this.#pause.remaining > 0 ? this.#failure : undefined;
  }

  succeeded(): void {
    if (this.#fruitless === 0) return;
    this.#pause.succeeded();
    this.#fruitless = 0;
  }

  ended({ kind, error }: WorkerEnd): void {
    if (kind === 'recycled' || kind === 'disposed') return;
    this.#failure = error;
    this.#fruitless += 1;
    if (kind === 'unfit' || error.code === 'RUNTIME_UNAVAILABLE' || this.#fruitless > 1) this.#pause.failed();
  }

  /** @throws {PredcacheError} `WORKER_START_FAILED` when the app's function gives no new worker. */
  make(): Worker {
    try {
      const worker = this.#create();
      if (typeof worker?.postMessage !== 'function' || typeof worker.terminate !== 'function') {
        throw startFailed(
          'The worker option gave no Worker',
          "Write worker: () => new Worker(…, { type: 'module' })",
        );
      }
      if (this.#made.has(worker)) {
        throw startFailed(
          'The worker option gave a worker that it had given before',
          'Make it return a new Worker each time it is called',
        );
      }
      this.#made.add(worker);
      return worker;
    } catch (cause) {
      const error =
        isPredcacheError(cause) && cause.code === 'WORKER_START_FAILED'
          ? cause
          : startFailed(
              `The worker could not be made: ${describeError(cause)}`,
              'Check the worker option and that worker-src of the page allows the script',
              { cause },
            );
      this.ended({ kind: 'unfit', error });
      throw error;
    }
  }
}
