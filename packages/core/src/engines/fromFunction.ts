import { firstOf, settledBy } from '../abortSignals.js';
import { asyncDisposable } from '../asyncDisposable.js';
import { copyPayload } from '../copyPayload.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import { acceptOutputs } from '../pipeline/outputs.js';
import type { Availability, Engine, EngineResult, LoadOptions, RunOptions } from './engine.js';

export interface FunctionEngineOptions {
  /**
   * Recorded with every entry as its backend. Change it when the function computes differently.
   *
   * @default 'function'
   */
  readonly backend?: string | undefined;
  /**
   * Calls at the same time, of all predictors that share the engine.
   *
   * @default unbounded
   */
  readonly concurrency?: number | undefined;
  /**
   * Whether the function gives the same for the same input. Where it does not, nothing is cached.
   *
   * @default true
   */
  readonly isDeterministic?: boolean | undefined;
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
 * @throws {PredcacheError} `OPTIONS_INVALID` for a concurrency below 1.
 *
 * @example
 * const engine = fromFunction(async (question: { text: string }, { signal }) => {
 *   const response = await fetch('/answer', { method: 'POST', body: JSON.stringify(question), signal });
 *   return response.json();
 * });
 */
export function fromFunction<Input, Output>(
  run: (input: Input, context: FunctionContext) => Output | Promise<Output>,
  {
    backend = 'function',
    concurrency = Number.POSITIVE_INFINITY,
    isDeterministic = true,
  }: FunctionEngineOptions = {},
): Engine {
  if (!(concurrency >= 1)) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `concurrency is ${String(concurrency)}`,
      where: 'fromFunction({ concurrency })',
      hint: 'Pass a number of 1 or more',
    });
  }
  return asyncDisposable(
    new FunctionEngine(run as unknown as Run, { backend, concurrency, isDeterministic }),
  );
}

type Run = (input: Payload, context: FunctionContext) => unknown;

class FunctionEngine implements Engine {
  readonly name = 'function';
  readonly maxBatchSize = 1;
  readonly concurrency: number;
  readonly #run: Run;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  readonly #backend: string;
  readonly #isDeterministic: boolean;
  readonly #disposal = new AbortController();

  constructor(
    run: Run,
    {
      backend,
      concurrency,
      isDeterministic,
    }: { readonly [Name in keyof FunctionEngineOptions]-?: NonNullable<FunctionEngineOptions[Name]> },
  ) {
    this.#run = run;
    this.#backend = backend;
    this.#isDeterministic = isDeterministic;
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
    const { signal: end, release } = firstOf(this.#disposal.signal, signal);
    end.throwIfAborted();
    try {
      const outputs = Promise.all(batch.map((input) => this.#compute(input, { signal: end, model })));
      const settled = await settledBy(outputs, end);
      return { outputs: settled, backend: this.#backend, isDeterministic: this.#isDeterministic };
    } catch (error) {
      end.throwIfAborted();
      throw toPredcacheError(error, {
        code: 'ENGINE_FAILED',
        where: `function engine, model "${model.name}"`,
        hint: 'The function given to fromFunction failed; see the cause',
      });
    } finally {
      release();
    }
  }

  async #compute(input: Payload, context: FunctionContext): Promise<Payload> {
    await this.#turn(context.signal);
    try {
      // A copy, because functions may change what they are given, and another engine may have to compute on it next.
      const output = this.#run(copyPayload(input), context) as Payload | PromiseLike<Payload>;
      // Copied at once where that can be: a function may use one buffer for all its outputs.
      return isPromiseLike(output) ? await output : acceptOutputs(output);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Settles when fewer than `concurrency` calls are under way, whichever predictors they are for. */
  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#running >= this.concurrency)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    // The next one in the queue must not lose its turn to one that has gone.
    if (signal.aborted) this.#waiting.shift()?.();
    signal.throwIfAborted();
    this.#running++;
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

function isPromiseLike(value: unknown): value is PromiseLike<Payload> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
