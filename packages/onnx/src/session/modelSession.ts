import type { EngineResult, ModelSignature, Tensors } from '@predcache/core';
import type { InferenceSession } from 'onnxruntime-web';
import type { PreparedBackend } from '../backends/backend.js';
import { oneAfterAnother } from '../oneAfterAnother.js';
import { Batching } from './batching.js';
import { BatchRun } from './batchRun.js';
import { checkInputs } from './inputCheck.js';
import { RunCosts } from './runCosts.js';
import type { OrtModule } from './runtime.js';
import { runFailed } from './runtimeErrors.js';
import { valueSignature } from './signature.js';
import { disposeAll, fromOrt, type OrtTensors, toOrt } from './tensorConversion.js';

export interface SessionRunOptions {
  /** Whether items are computed together. `undefined`: where the model allows it. */
  readonly batching?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A loaded model. Its runs wait for each other: one session takes one run at a time. */
export class ModelSession {
  readonly #ort: OrtModule;
  readonly #backend: PreparedBackend;
  readonly #session: InferenceSession;
  readonly #model: string;
  readonly #signature: Omit<ModelSignature, 'isBatched'>;
  readonly #batching: Batching;
  readonly #costs = new RunCosts();
  readonly #inTurn = oneAfterAnother();
  #isReleased = false;

  constructor(ort: OrtModule, backend: PreparedBackend, session: InferenceSession, model: string) {
    this.#ort = ort;
    this.#backend = backend;
    this.#session = session;
    this.#model = model;
    this.#signature = {
      inputs: session.inputMetadata.map(valueSignature),
      outputs: session.outputMetadata.map(valueSignature),
    };
    this.#batching = new Batching(this.#signature);
  }

  /** No run may be asked of it any more. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  signature(batching?: boolean): ModelSignature {
    return { ...this.#signature, isBatched: this.#batching.isAllowed(batching) };
  }

  /**
   * Computes the items, those of equal shapes together where that is allowed. Aborting stops before the next run of the
   * runtime, which takes about 50 ms unless a single item takes longer. When an item fails, the call rejects with its
   * error: who wants the others asks for them alone.
   */
  run(batch: readonly Tensors[], options: SessionRunOptions = {}): Promise<EngineResult> {
    return this.#inTurn(async () => {
      options.signal?.throwIfAborted();
      for (const item of batch) checkInputs(item, this.#signature.inputs, this.#model);
      return batch.length === 1 ? this.#runOne(batch[0]!) : this.#runAll(batch, options);
    });
  }

  /** Waits for the runs begun, then gives the memory back to the runtime. */
  release(): Promise<void> {
    this.#isReleased = true;
    return this.#inTurn(() => this.#backend.exclusively(() => this.#session.release()));
  }

  async #runOne(item: Tensors): Promise<EngineResult> {
    const backends = new Set<string>();
    const began = performance.now();
    const outputs = await this.#compute(item, backends);
    const cost = performance.now() - began;
    this.#costs.note([item], cost);
    return { outputs: [outputs], backend: named(backends), costs: [cost] };
  }

  async #runAll(batch: readonly Tensors[], { batching, signal }: SessionRunOptions): Promise<EngineResult> {
    const backends = new Set<string>();
    const run = new BatchRun(batch, {
      compute: (tensors) => this.#compute(tensors, backends),
      batching: this.#batching,
      setting: batching,
      costs: this.#costs,
      isExact: this.#backend.isExact,
      signal,
    });
    await run.run();
    return { outputs: run.outputs, backend: named(backends), costs: run.costs };
  }

  async #compute(tensors: Tensors, backends: Set<string>): Promise<Tensors> {
    const feeds: OrtTensors = {};
    try {
      for (const [name, tensor] of Object.entries(tensors)) feeds[name] = toOrt(this.#ort, tensor);
      const { value, backend } = await this.#backend.compute(() => this.#session.run(feeds));
      backends.add(backend);
      return fromOrt(value as OrtTensors, this.#model);
    } catch (error) {
      throw runFailed(error, this.#model);
    } finally {
      disposeAll(feeds);
    }
  }
}

/** Several where a GPU computed some of them and the processor others. */
function named(backends: ReadonlySet<string>): string {
  return [...backends].sort().join('+');
}
