import { onAbort, settledBy } from '../abortSignals.js';
import { now } from '../clock.js';
import type { Engine, LoadProgress, Priority } from '../engines/engine.js';
import { payloadSize } from '../entrySize.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import { ComputeQueue, type ComputeQueueLimits } from './computeQueue.js';
import { acceptOutputs } from './outputs.js';
import { isMoreUrgent, type Work } from './work.js';

/** What an engine made of one input. */
export interface Computed {
  readonly outputs: Payload;
  readonly backend: string;
  /** ms, loading not counted where the engine can tell. */
  readonly cost: number;
  readonly isDeterministic: boolean;
}

/** What to compute on. */
export interface Subject {
  /** Gives the same each time. */
  readonly payload: () => Payload;
  /** Whether its buffers may be taken away: then each `payload` is another copy. */
  readonly mayTransfer: boolean;
}

interface Item extends Subject {
  readonly work: Work;
  readonly priority: Priority;
  readonly size: number;
  readonly resolve: (computed: Computed) => void;
  readonly reject: (reason: unknown) => void;
}

export interface BatcherOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly limits: ComputeQueueLimits;
  readonly onProgress: (progress: LoadProgress) => void;
}

/**
 * Natural batching: what queued up while the engine was busy, or came at the same moment, goes together, the most urgent
 * first. A request that finds the engine idle waits for nothing but the end of the current microtask.
 *
 * A batch that fails is tried again item by item, so that one bad item does not take the others down.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #queue: ComputeQueue<Item>;
  readonly #onIdle: (() => void)[] = [];
  #running = 0;
  #isScheduled = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#queue = new ComputeQueue(options.limits);
  }

  /**
   * Rejects with the signal's reason at once when it aborts: dropped while queued, detached while running.
   *
   * @throws {PredcacheError} `ENGINE_OVERLOADED` when too much that is as urgent waits already; what the engine rejects with.
   */
  compute(subject: Subject, work: Work): Promise<Computed> {
    return new Promise((resolve, reject) => {
      if (work.signal.aborted) return reject(work.signal.reason);
      const { payload, mayTransfer } = subject;
      let next: Payload | undefined = payload();
      const item: Item = {
        payload: () => {
          const given = next ?? payload();
          if (mayTransfer) next = undefined;
          return given;
        },
        mayTransfer,
        work,
        get priority() {
          return work.priority;
        },
        size: payloadSize(next),
        // The signal may outlive the item by far: it must not hold on to its payload.
        resolve: (computed) => {
          stopHearing();
          resolve(computed);
        },
        reject: (reason) => {
          stopHearing();
          reject(reason);
        },
      };
      const stopHearing = this.#hear(item);
      for (const dropped of this.#queue.add(item)) dropped.reject(this.#overloaded());
      this.#schedule();
    });
  }

  /** Settles when nothing waits or runs. */
  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #schedule(): void {
    // A full batch need not wait for others of the same moment.
    if (this.#queue.length >= this.#options.engine.maxBatchSize && this.#maySend()) this.#sendNext();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      while (this.#maySend()) this.#sendNext();
      if (this.#isIdle()) for (const resolve of this.#onIdle.splice(0)) resolve();
    });
  }

  #sendNext(): void {
    void this.#send(this.#queue.take(this.#options.engine.maxBatchSize));
  }

  /** A full batch gains nothing by waiting: the engine begins with it while the answer before is on its way. */
  #maySend(): boolean {
    const { concurrency, lookahead = 0, maxBatchSize } = this.#options.engine;
    if (this.#queue.length === 0) return false;
    if (this.#running < concurrency) return true;
    return this.#queue.length >= maxBatchSize && this.#running < concurrency + lookahead;
  }

  #isIdle(): boolean {
    return this.#running === 0 && this.#queue.length === 0;
  }

  async #send(items: readonly Item[]): Promise<void> {
    this.#running++;
    try {
      await this.#run(items);
    } finally {
      this.#running--;
      this.#schedule();
    }
  }

  async #run(items: readonly Item[]): Promise<void> {
    const { signal, release } = whenAllAbort(items);
    try {
      const computed = await this.#compute(items, signal);
      for (const [index, item] of items.entries()) item.resolve(computed[index]!);
    } catch (error) {
      for (const { work } of items) work.failed();
      if (signal.aborted) return;
      const failure = this.#typed(error);
      if (items.length === 1 || concernsAll(failure)) for (const item of items) item.reject(failure);
      else for (const item of items) if (!item.work.signal.aborted) await this.#run([item]);
    } finally {
      release();
    }
  }

  async #compute(items: readonly Item[], signal: AbortSignal): Promise<Computed[]> {
    const started = now();
    const { engine, model, onProgress } = this.#options;
    const inputs = items.map((item) => item.payload());
    const options = {
      model,
      signal,
      onProgress,
      priority: mostUrgent(items),
      onBegun: () => {
        for (const { work } of items) work.begun();
      },
      mayTransfer: items.every((item) => item.mayTransfer),
    };
    // An engine that does not heed the signal must not keep others waiting for what nobody wants.
    const result = await settledBy(engine.run(inputs, options), signal);
    const share = (now() - started) / items.length;
    if (!Array.isArray(result?.outputs) || result.outputs.length !== items.length) {
      throw new PredcacheError({
        code: 'OUTPUT_INVALID',
        what: `The engine gave ${result?.outputs?.length ?? 'no'} outputs for ${items.length} inputs`,
        where: `engine "${engine.name}"`,
        hint: 'An engine must give one output per input, in order',
      });
    }
    return result.outputs.map((outputs, index) => ({
      outputs: acceptOutputs(outputs),
      backend: result.backend,
      cost: validCost(result.costs?.[index]) ?? share,
      isDeterministic: result.isDeterministic !== false,
    }));
  }

  #typed(error: unknown): PredcacheError {
    return toPredcacheError(error, {
      code: 'ENGINE_FAILED',
      where: this.#where(),
      hint: 'See the cause',
    });
  }

  #overloaded(): PredcacheError {
    const { maxLength, maxSize } = this.#options.limits;
    return new PredcacheError({
      code: 'ENGINE_OVERLOADED',
      what: `${this.#queue.length} inputs wait for the engine already`,
      where: this.#where(),
      hint: 'Ask for less at once, or raise maxQueueLength or maxQueueSize',
      details: { waiting: this.#queue.length, maxQueueLength: maxLength, maxQueueSize: maxSize },
    });
  }

  #where(): string {
    const { engine, model } = this.#options;
    return `engine "${engine.name}", model "${model.name}"`;
  }

  /** Heeds the work's end and what is said of its priority, until the function it gives is called. */
  #hear(item: Item): () => void {
    const { signal, priority } = item.work;
    const stopHearing = onAbort(signal, () => {
      this.#queue.delete(item);
      item.reject(signal.reason);
    });
    if (priority === 'user') return stopHearing;
    const stopHearingOfRises = item.work.onRise(() => this.#queue.raised(item));
    return () => {
      stopHearing();
      stopHearingOfRises();
    };
  }
}

function mostUrgent(items: readonly Item[]): Priority {
  return items.reduce<Priority>(
    (most, { priority }) => (isMoreUrgent(priority, most) ? priority : most),
    'background',
  );
}

/** Aborts when every item has; until then the batch is wanted. */
function whenAllAbort(items: readonly Item[]): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let left = items.length;
  const releases = items.map(({ work: { signal } }) =>
    onAbort(signal, () => {
      left--;
      if (left === 0) controller.abort(signal.reason);
    }),
  );
  return {
    signal: controller.signal,
    release: () => {
      for (const release of releases) release();
    },
  };
}

/** Failures that no single item is to blame for: trying each one again would only fail as often. */
function concernsAll({ code }: PredcacheError): boolean {
  return /^(DISPOSED|MODEL_|RUNTIME_|WORKER_START|WORKER_TIMEOUT|REMOTE_UNREACHABLE|REMOTE_TIMEOUT)/.test(
    code,
  );
}

/** An engine's own measure, unless it makes no sense. */
function validCost(cost: number | undefined): number | undefined {
  return cost !== undefined && cost >= 0 && Number.isFinite(cost) ? cost : undefined;
}
