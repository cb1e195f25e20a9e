import { onAbort, settledBy } from '../abortSignals.js';
import { now } from '../clock.js';
import type { Engine, LoadProgress } from '../engines/engine.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import { acceptOutputs } from './outputs.js';

/** What an engine made of one input. */
export interface Computed {
  readonly outputs: Payload;
  readonly backend: string;
  /** ms, loading not counted where the engine can tell. */
  readonly cost: number;
  readonly isDeterministic: boolean;
}

interface Item {
  readonly payload: Payload;
  readonly signal: AbortSignal;
  readonly resolve: (computed: Computed) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Natural batching: what queued up while the engine was busy, or came at the same moment, goes together. A request that
 * finds the engine idle waits for nothing but the end of the current microtask.
 *
 * A batch that fails is tried again item by item, so that one bad item does not take the others down.
 */
export class Batcher {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #onProgress: (progress: LoadProgress) => void;
  #queue: Item[] = [];
  #running = 0;
  #isScheduled = false;

  constructor(engine: Engine, model: Model, onProgress: (progress: LoadProgress) => void) {
    this.#engine = engine;
    this.#model = model;
    this.#onProgress = onProgress;
  }

  /** Rejects with the signal's reason at once when it aborts: dropped while queued, detached while running. */
  compute(payload: Payload, signal: AbortSignal): Promise<Computed> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const release = onAbort(signal, () => this.#abort(item));
      const item: Item = {
        payload,
        signal,
        // The signal may outlive the item by far: it must not hold on to its payload.
        resolve: (computed) => {
          release();
          resolve(computed);
        },
        reject: (reason) => {
          release();
          reject(reason);
        },
      };
      this.#queue.push(item);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      while (this.#queue.length > 0 && this.#running < this.#engine.concurrency) {
        void this.#send(this.#queue.splice(0, this.#engine.maxBatchSize));
      }
    });
  }

  #abort(item: Item): void {
    item.reject(item.signal.reason);
    this.#queue = this.#queue.filter((other) => other !== item);
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
      if (signal.aborted) return;
      const failure = this.#typed(error);
      if (items.length === 1 || concernsAll(failure)) for (const item of items) item.reject(failure);
      else for (const item of items) if (!item.signal.aborted) await this.#run([item]);
    } finally {
      release();
    }
  }

  async #compute(items: readonly Item[], signal: AbortSignal): Promise<Computed[]> {
    const started = now();
    const inputs = items.map((item) => item.payload);
    const options = { model: this.#model, signal, onProgress: this.#onProgress };
    // An engine that does not heed the signal must not keep others waiting for what nobody wants.
    const result = await settledBy(this.#engine.run(inputs, options), signal);
    const share = (now() - started) / items.length;
    if (!Array.isArray(result?.outputs) || result.outputs.length !== items.length) {
      throw new PredcacheError({
        code: 'OUTPUT_INVALID',
        what: `The engine gave ${result?.outputs?.length ?? 'no'} outputs for ${items.length} inputs`,
        where: `engine "${this.#engine.name}"`,
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
      where: `engine "${this.#engine.name}", model "${this.#model.name}"`,
      hint: 'See the cause',
    });
  }
}

/** Aborts when every item has; until then the batch is wanted. */
function whenAllAbort(items: readonly Item[]): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let left = items.length;
  const releases = items.map(({ signal }) =>
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
