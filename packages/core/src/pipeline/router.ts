import type { Engine, EngineSource, LoadProgress } from '../engines/engine.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { PipelineEvent } from '../events/events.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import type { InferenceMode } from '../predictor.js';
import { Batcher, type Computed } from './batcher.js';

export interface Routed extends Computed {
  readonly source: EngineSource;
}

export interface RouterOptions {
  readonly model: Model;
  readonly engines: Readonly<Partial<Record<EngineSource, Engine>>>;
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

/** Chooses the engine for a computation, and the next one when it fails. */
export class Router {
  readonly #model: Model;
  readonly #engines: RouterOptions['engines'];
  readonly #report: RouterOptions['report'];
  readonly #batchers = new Map<EngineSource, Batcher>();

  constructor({ model, engines, report }: RouterOptions) {
    this.#model = model;
    this.#engines = engines;
    this.#report = report;
    for (const [source, engine] of Object.entries(engines) as [EngineSource, Engine][]) {
      this.#batchers.set(source, new Batcher(engine, model, this.#progressOf(source)));
    }
  }

  async compute(payload: Payload, mode: InferenceMode, signal: AbortSignal): Promise<Routed> {
    const failures: PredcacheError[] = [];
    for (const source of this.#allowed(mode)) {
      try {
        return { ...(await this.#batchers.get(source)!.compute(payload, signal)), source };
      } catch (error) {
        signal.throwIfAborted();
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
    await this.#engines[source]!.load({
      model: this.#model,
      signal,
      onProgress: (progress) => {
        report(progress);
        onProgress?.(progress);
      },
    });
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
