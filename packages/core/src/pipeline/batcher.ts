import { now } from '../clock.js';
import type { Engine, LoadProgress } from '../engines/engine.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Model } from '../model.js';
import { Batch, BatchItem, type Computed, type Subject } from './batch.js';
import { ComputeQueue, type ComputeQueueLimits } from './computeQueue.js';
import { acceptOutputs } from './outputs.js';
import type { Work } from './work.js';

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
  readonly #queue: ComputeQueue<BatchItem>;
  readonly #onIdle: (() => void)[] = [];
  #running = 0;
  #isScheduled = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#queue = new ComputeQueue(options.limits);
  }

  /**
   * Rejects with why the work ends as soon as it does: dropped while queued, detached while running.
   *
   * @throws {PredcacheError} `ENGINE_OVERLOADED` when too much that is as urgent waits already; what the engine rejects with.
   */
  compute(subject: Subject, work: Work): Promise<Computed> {
    if (work.ended !== undefined) return Promise.reject(work.ended.reason);
    const item = new BatchItem(subject, work);
    item.hear({ onEnd: () => this.#ended(item), onRise: () => this.#queue.raised(item) });
    for (const dropped of this.#queue.add(item)) dropped.reject(this.#overloaded());
    this.#schedule();
    return item.result;
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

  #ended(item: BatchItem): void {
    const reason = item.work.ended?.reason;
    if (!this.#queue.delete(item)) item.batch?.left(reason);
    item.reject(reason);
  }

  async #send(items: readonly BatchItem[]): Promise<void> {
    this.#running++;
    try {
      await this.#run(new Batch(items));
    } finally {
      this.#running--;
      this.#schedule();
    }
  }

  async #run(batch: Batch): Promise<void> {
    const { items, signal } = batch;
    try {
      const computed = await this.#compute(batch);
      for (const [index, item] of items.entries()) item.resolve(computed[index]!);
    } catch (error) {
      batch.failed();
      if (signal.aborted) return;
      const failure = this.#typed(error);
      const wanted = items.filter(({ work }) => work.ended === undefined);
      // What has moved to a worker is gone with it, whatever that died of.
      if (batch.mayTransfer && failure.code === 'WORKER_DIED')
        await this.#run(new Batch(wanted, { mayTransfer: false }));
      else if (items.length === 1 || concernsAll(failure)) for (const item of items) item.reject(failure);
      else for (const item of wanted) if (item.work.ended === undefined) await this.#run(new Batch([item]));
    }
  }

  async #compute(batch: Batch): Promise<Computed[]> {
    const { items, signal, priority, mayTransfer } = batch;
    const started = now();
    const { engine, model, onProgress } = this.#options;
    const inputs = items.map((item) => item.payload());
    const options = { model, signal, onProgress, priority, onBegun: batch.begun, mayTransfer };
    // An engine that does not heed the signal must not keep others waiting for what nobody wants.
    const result = await batch.settle(engine.run(inputs, options));
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
