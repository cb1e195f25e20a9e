import type { Engine, EngineSource, LoadProgress, ModelSignature } from '../engines/engine.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { PipelineEvent } from '../events/events.js';
import type { Model } from '../model.js';
import { releaseModel, retainModel } from '../ownership.js';
import type { InferenceMode } from '../predictor.js';
import type { Computed, Subject } from './batch.js';
import { Batcher } from './batcher.js';
import type { ComputeQueueLimits } from './computeQueue.js';
import { throwIfEnded, type Work } from './work.js';

export interface Routed extends Computed {
  readonly source: EngineSource;
}

export interface RouterOptions {
  readonly model: Model;
  readonly engines: Readonly<Partial<Record<EngineSource, Engine>>>;
  /** Of what may wait for each engine. */
  readonly limits: ComputeQueueLimits;
  readonly report: (event: PipelineEvent) => void;
}

/** Which engines a mode allows, the preferred one first. */
const order: Readonly<Record<InferenceMode, readonly EngineSource[]>> = {
  prefer_on_device: ['on_device', 'in_cloud'],
  only_on_device: ['on_device'],
  prefer_in_cloud: ['in_cloud', 'on_device'],
  only_in_cloud: ['in_cloud'],
};

export const inferenceModes = Object.keys(order) as readonly InferenceMode[];

/** Chooses the engine for a computation, and the next one when it fails. To be retired at the end. */
export class Router {
  readonly #model: Model;
  readonly #engines: RouterOptions['engines'];
  readonly #report: RouterOptions['report'];
  readonly #batchers = new Map<EngineSource, Batcher>();
  /** Calls under way. */
  #uses = 0;
  #isRetired = false;
  #isRetained = false;

  constructor({ model, engines, limits, report }: RouterOptions) {
    this.#model = model;
    this.#engines = engines;
    this.#report = report;
    for (const [source, engine] of Object.entries(engines) as [EngineSource, Engine][]) {
      this.#batchers.set(
        source,
        new Batcher({ engine, model, limits, onProgress: this.#progressOf(source) }),
      );
    }
    this.#retain();
  }

  compute(subject: Subject, mode: InferenceMode, work: Work): Promise<Routed> {
    return this.#using(() => this.#compute(subject, mode, work));
  }

  async #compute(subject: Subject, mode: InferenceMode, work: Work): Promise<Routed> {
    const failures: PredcacheError[] = [];
    for (const source of this.#allowed(mode)) {
      try {
        return { ...(await this.#batchers.get(source)!.compute(subject, work)), source };
      } catch (error) {
        throwIfEnded(work);
        const failure = toPredcacheError(error, {
          code: 'ENGINE_FAILED',
          where: source,
          hint: 'See the cause',
        });
        this.#report({ type: 'engine-error', source, error: failure });
        failures.push(failure);
      }
    }
    throw failures.length === 1 ? failures[0]! : this.#allFailed(failures);
  }

  /** Loads the engine that the mode asks first. */
  async load(
    mode: InferenceMode,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const source = this.#allowed(mode)[0]!;
    const report = this.#progressOf(source);
    await this.#using(() =>
      this.#engines[source]!.load({
        model: this.#model,
        signal,
        onProgress: (progress) => {
          report(progress);
          onProgress?.(progress);
        },
      }),
    );
  }

  /** What the model takes and gives, as the first engine that can tell says. */
  async signature(mode: InferenceMode, signal: AbortSignal): Promise<ModelSignature> {
    for (const source of this.#allowed(mode)) {
      const onProgress = this.#progressOf(source);
      const engine = this.#engines[source]!;
      if (engine.signature === undefined) continue;
      return this.#using(() => engine.signature!({ model: this.#model, signal, onProgress }));
    }
    throw new PredcacheError({
      code: 'SIGNATURE_UNKNOWN',
      what: 'No engine can say what the model takes',
      where: `predictor "${this.#model.name}"`,
      hint: 'Ask a predictor with an engine that can, such as onnx()',
    });
  }

  /** Nothing new is asked of it: once what is under way has ended, engines give back what the model took. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    await this.#giveBack();
  }

  /** What looked in the tiers first may come after the model was given back: that loads it again. */
  async #using<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#uses++;
    this.#retain();
    try {
      return await task();
    } finally {
      this.#uses--;
      if (this.#isRetired) void this.#giveBack();
    }
  }

  #retain(): void {
    if (this.#isRetained) return;
    this.#isRetained = true;
    for (const engine of this.#enginesInUse()) retainModel(engine, this.#model);
  }

  async #giveBack(): Promise<void> {
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.whenIdle()));
    if (this.#uses > 0 || !this.#isRetained) return;
    this.#isRetained = false;
    const model = this.#model;
    const unused = [...this.#enginesInUse()].filter((engine) => releaseModel(engine, model));
    // One that is being disposed of gives it back anyway.
    await Promise.all(unused.map((engine) => engine.unload?.({ model }).catch(() => {})));
  }

  #enginesInUse(): Set<Engine> {
    return new Set(Object.values(this.#engines));
  }

  #allowed(mode: InferenceMode): readonly EngineSource[] {
    const allowed = order[mode].filter((source) => this.#batchers.has(source));
    if (allowed.length > 0) return allowed;
    throw new PredcacheError({
      code: 'ENGINE_MISSING',
      what: `No engine can answer: ${mode} allows ${order[mode].join(' and ')}`,
      where: `predictor "${this.#model.name}"`,
      hint: 'Give createPredictor an onDevice or inCloud engine, or choose another inferenceMode',
    });
  }

  #progressOf(source: EngineSource): (progress: LoadProgress) => void {
    return (progress) => this.#report({ type: 'load', source, progress });
  }

  #allFailed(failures: readonly PredcacheError[]): PredcacheError {
    return new PredcacheError({
      code: 'ENGINES_FAILED',
      what: `Every engine failed: ${failures.map((failure) => failure.message).join(' ')}`.replace(/\.$/, ''),
      where: `predictor "${this.#model.name}"`,
      hint: 'See cause.errors for each of them',
      details: { codes: failures.map((failure) => failure.code) },
      cause: new AggregateError(failures),
    });
  }
}
