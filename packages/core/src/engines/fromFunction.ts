import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import type { Availability, Engine, EngineResult, LoadOptions, RunOptions } from './engine.js';

export interface FunctionEngineOptions {
  /**
   * Recorded with every entry as its backend. Change it when the function computes differently.
   *
   * @default 'function'
   */
  readonly backend?: string | undefined;
  /**
   * Calls at the same time.
   *
   * @default unbounded
   */
  readonly concurrency?: number | undefined;
}

export interface FunctionContext {
  /** Aborts when nobody waits for the result any longer. Heeding it saves work; the caller is answered either way. */
  readonly signal: AbortSignal;
  readonly model: Model;
}

/**
 * Makes an engine of any function, so that what has nothing to do with ONNX gets the same cache: transformers.js,
 * TensorFlow.js, MediaPipe, WebLLM, a plain `fetch`. What it returns must be named tensors or a JSON value.
 *
 * @example
 * const engine = fromFunction(async (question: { text: string }, { signal }) => {
 *   const response = await fetch('/answer', { method: 'POST', body: JSON.stringify(question), signal });
 *   return response.json();
 * });
 */
export function fromFunction<Input, Output>(
  run: (input: Input, context: FunctionContext) => Output | Promise<Output>,
  { backend = 'function', concurrency = Number.POSITIVE_INFINITY }: FunctionEngineOptions = {},
): Engine {
  return new FunctionEngine(run as unknown as Run, backend, concurrency);
}

type Run = (input: Payload, context: FunctionContext) => unknown;

class FunctionEngine implements Engine {
  readonly name = 'function';
  readonly maxBatchSize = 1;
  readonly concurrency: number;
  readonly #run: Run;
  readonly #backend: string;
  readonly #disposal = new AbortController();

  constructor(run: Run, backend: string, concurrency: number) {
    this.#run = run;
    this.#backend = backend;
    this.concurrency = concurrency;
  }

  async availability(): Promise<Availability> {
    if (this.#disposal.signal.aborted) return { state: 'unavailable', reason: 'The engine was disposed of.' };
    return { state: 'available' };
  }

  async load({ onProgress, signal }: LoadOptions): Promise<void> {
    this.#disposal.signal.throwIfAborted();
    signal?.throwIfAborted();
    onProgress?.({ phase: 'ready', loadedBytes: 0, totalBytes: 0, ratio: 1 });
  }

  async run(batch: readonly Payload[], { model, signal }: RunOptions): Promise<EngineResult> {
    const ends = signal === undefined ? [this.#disposal.signal] : [signal, this.#disposal.signal];
    const end = AbortSignal.any(ends);
    end.throwIfAborted();
    const outputs = Promise.all(
      batch.map(async (input) => (await this.#run(input, { signal: end, model })) as Payload),
    );
    try {
      return { outputs: await settledBy(outputs, end), backend: this.#backend };
    } catch (error) {
      end.throwIfAborted();
      throw toPredcacheError(error, {
        code: 'ENGINE_FAILED',
        where: `function engine, model "${model.name}"`,
        hint: 'The function given to fromFunction failed; see the cause',
      });
    }
  }

  async dispose(): Promise<void> {
    this.#disposal.abort(
      new PredcacheError({
        code: 'DISPOSED',
        what: 'The engine was disposed of',
        where: 'engine "function"',
        hint: 'Make a new one with fromFunction',
      }),
    );
  }
}

/** The promise, or a rejection with the signal's reason as soon as it aborts: functions need not heed signals. */
function settledBy<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
