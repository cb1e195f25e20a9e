import { type EngineResult, nextTask, PredcacheError, type Tensors } from '@predcache/core';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import { checkInputs } from './inputCheck.js';
import type { OrtModule } from './runtime.js';
import { fromOrt, toOrt } from './tensorConversion.js';

/** ms of computing after which messages, an abort among them, get a turn. */
const turn = 50;

/** A loaded model. Its runs wait for each other: one session takes one run at a time. */
export class ModelSession {
  readonly #ort: OrtModule;
  readonly #session: InferenceSession;
  readonly #model: string;
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(ort: OrtModule, session: InferenceSession, model: string) {
    this.#ort = ort;
    this.#session = session;
    this.#model = model;
  }

  /** Runs the items one after another. Aborting stops before the next item. */
  run(batch: readonly Tensors[], signal?: AbortSignal): Promise<EngineResult> {
    return this.#queue(async () => {
      signal?.throwIfAborted();
      for (const item of batch) checkInputs(item, this.#session.inputMetadata, this.#model);
      return this.#runAll(batch, signal);
    });
  }

  /** Waits for the runs begun, then gives the memory back to the runtime. */
  release(): Promise<void> {
    return this.#queue(() => this.#session.release());
  }

  #queue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#lastRun.then(task);
    // The queue goes on after a failure.
    this.#lastRun = result.catch(() => {});
    return result;
  }

  async #runAll(batch: readonly Tensors[], signal: AbortSignal | undefined): Promise<EngineResult> {
    const outputs: Tensors[] = [];
    const costs: number[] = [];
    let turnBegan = performance.now();
    for (const item of batch) {
      const began = performance.now();
      outputs.push(await this.#runOne(item));
      const ended = performance.now();
      costs.push(ended - began);
      if (outputs.length < batch.length && ended - turnBegan > turn) {
        await nextTask();
        signal?.throwIfAborted();
        turnBegan = performance.now();
      }
    }
    return { outputs, backend: 'wasm', costs };
  }

  async #runOne(item: Tensors): Promise<Tensors> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, tensor] of Object.entries(item)) feeds[name] = toOrt(this.#ort, tensor);
    try {
      return fromOrt((await this.#session.run(feeds)) as Record<string, OrtTensor>, this.#model);
    } catch (error) {
      throw this.#runError(error);
    } finally {
      for (const tensor of Object.values(feeds)) tensor.dispose();
    }
  }

  #runError(error: unknown): unknown {
    if (!(error instanceof Error) || error instanceof PredcacheError) return error;
    // A crash of the runtime concerns more than this session: its host knows what to do.
    if (error instanceof WebAssembly.RuntimeError) return error;
    const blamesInput = /ERROR_CODE: 2\b/.test(error.message);
    return new PredcacheError({
      code: blamesInput ? 'INPUT_REJECTED' : 'ENGINE_FAILED',
      what: `ONNX Runtime could not run the model: ${error.message.slice(0, 500)}`,
      where: this.#model,
      hint: blamesInput
        ? 'Check the values and dims of the input against what the model expects'
        : 'Check that the model runs with this input elsewhere, for instance in Python with onnxruntime',
      cause: error,
    });
  }
}
