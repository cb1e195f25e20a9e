import { firstOf } from '../../abortSignals.js';
import { now } from '../../clock.js';
import type { Engine, EngineSource, LoadProgress, ModelSignature } from '../../engines/engine.js';
import type { PredcacheError } from '../../errors/predcacheError.js';
import { toPredcacheError } from '../../errors/toPredcacheError.js';
import type { PipelineEvent } from '../../events/events.js';
import type { Model } from '../../model.js';
import type { InferenceMode } from '../../predictor.js';
import type { Computed, Subject } from '../batch.js';
import { Batcher } from '../batcher.js';
import type { ComputeQueueLimits } from '../computeQueue.js';
import { throwIfEnded, under, type Work } from '../work.js';
import { enginesOfMode } from './inferenceModes.js';
import { measured } from './measuredSubject.js';
import { ModelUse } from './modelUse.js';
import { type Order, Routes } from './routes.js';
import { allFailed, cloudTooSlow, engineMissing, type Failure, signatureUnknown } from './routingErrors.js';
import type { CompleteRouting } from './routingOptions.js';

export interface Routed extends Computed {
  readonly source: EngineSource;
}

export interface RouterOptions {
  readonly model: Model;
  readonly engines: Readonly<Partial<Record<EngineSource, Engine>>>;
  /** Of what may wait for each engine. */
  readonly limits: ComputeQueueLimits;
  readonly routing: CompleteRouting;
  readonly report: (event: PipelineEvent) => void;
}

/** What to compute, and by when. */
export interface RoutedSubject extends Subject {
  /** When the caller gives up, by the clock that never goes back. */
  readonly deadline?: number | undefined;
}

/** Chooses the engine for a computation, and the next one when it fails. To be retired at the end. */
export class Router {
  readonly #model: Model;
  readonly #engines: RouterOptions['engines'];
  readonly #report: RouterOptions['report'];
  readonly #batchers = new Map<EngineSource, Batcher>();
  readonly #use: ModelUse;
  /** Only where there is a choice. */
  readonly #routes: Routes | undefined;

  constructor({ model, engines, limits, routing, report }: RouterOptions) {
    this.#model = model;
    this.#engines = engines;
    this.#report = report;
    for (const [source, engine] of Object.entries(engines) as [EngineSource, Engine][]) {
      this.#batchers.set(
        source,
        new Batcher({ engine, model, limits, onProgress: this.#progressOf(source) }),
      );
    }
    const { on_device: onDevice, in_cloud: inCloud } = engines;
    if (onDevice !== undefined && inCloud !== undefined) {
      this.#routes = new Routes({
        engine: onDevice,
        model,
        routing,
        download: routing.download,
        onProgress: this.#progressOf('on_device'),
        onFailed: (error) => this.#report({ type: 'engine-error', source: 'on_device', error }),
        runsUntilAnswer: (source) => this.#batchers.get(source)!.runsUntilAnswer,
      });
    }
    this.#use = new ModelUse({ model, engines: Object.values(engines), whenIdle: () => this.#whenIdle() });
  }

  compute(subject: RoutedSubject, mode: InferenceMode, work: Work): Promise<Routed> {
    return this.#use.using(() => this.#compute(subject, mode, work));
  }

  async #compute(given: RoutedSubject, mode: InferenceMode, work: Work): Promise<Routed> {
    const allowed = this.#allowed(mode);
    const routes = this.#routes;
    if (routes === undefined || allowed.length === 1) return this.#computeInOrder(given, allowed, work);
    if (mode === 'fastest') {
      const { subject, size } = measured(given);
      return this.#computeInOrder(subject, routes.fastestOrder(size, timeLeftOf(given)), work);
    }
    const order = routes.preferredOrder(mode);
    return this.#computeInOrder(given, order instanceof Promise ? await order : order, work);
  }

  /** Loads the engine that the mode asks first. */
  async load(
    mode: InferenceMode,
    onProgress: ((progress: LoadProgress) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const source = this.#allowed(mode)[0]!;
    const report = this.#progressOf(source);
    await this.#use.using(() =>
      this.#engines[source]!.load({
        model: this.#model,
        signal,
        onProgress: (progress) => {
          report(progress);
          onProgress?.(progress);
        },
      }),
    );
    if (source === 'on_device') this.#routes?.device.loaded();
  }

  /** What the model takes and gives, as the first engine that can tell says. */
  async signature(mode: InferenceMode, signal: AbortSignal): Promise<ModelSignature> {
    for (const source of this.#allowed(mode)) {
      const onProgress = this.#progressOf(source);
      const engine = this.#engines[source]!;
      if (engine.signature === undefined) continue;
      return this.#use.using(() => engine.signature!({ model: this.#model, signal, onProgress }));
    }
    throw signatureUnknown(this.#model);
  }

  /** Nothing new is asked of it: once what is under way has ended, engines give back what the model took. */
  retire(): Promise<void> {
    return this.#use.retire();
  }

  async #computeInOrder(subject: RoutedSubject, order: Order, work: Work): Promise<Routed> {
    const failures: Failure[] = [];
    for (const source of order) {
      try {
        return await this.#computeOn(source, subject, work, order.at(-1) === source);
      } catch (error) {
        throwIfEnded(work);
        const failure = failureOf(error, source);
        this.#report({ type: 'engine-error', source, error: failure });
        failures.push({ source, error: failure });
      }
    }
    throw failures.length === 1 ? failures[0]!.error : allFailed(failures, this.#model);
  }

  async #computeOn(
    source: EngineSource,
    subject: RoutedSubject,
    work: Work,
    isLast: boolean,
  ): Promise<Routed> {
    const routes = this.#routes;
    const batcher = this.#batchers.get(source)!;
    // A validator means something only to whom it came from.
    const isItsOwn = subject.revalidates === undefined || subject.revalidates.computedBy === source;
    const asked = isItsOwn ? subject : { ...subject, revalidates: undefined };
    if (routes === undefined) return { ...(await batcher.compute(asked, work)), source };
    const begun = { source, begunAt: now(), wasLoaded: routes.device.isLoaded };
    try {
      const limit = isLast || source === 'on_device' ? undefined : routes.cloudLimit(timeLeftOf(subject));
      const computed =
        limit === undefined
          ? await batcher.compute(asked, work)
          : await this.#within(limit, work, routes, (limited) => batcher.compute(asked, limited));
      routes.answered(begun, computed);
      return { ...computed, source };
    } catch (error) {
      routes.failed(begun, failureOf(work.ended?.reason ?? error, source));
      throw error;
    }
  }

  /** What the cloud gives in time; when that is up, a device that can answer is asked while there is time for it. */
  async #within(
    limit: number,
    work: Work,
    { device }: Routes,
    compute: (work: Work) => Promise<Computed>,
  ): Promise<Computed> {
    const late = new AbortController();
    const timer = setTimeout(async () => {
      await device.askAnew();
      if (device.isAvailable) late.abort(cloudTooSlow(limit, this.#model));
    }, limit);
    const { signal, release } = firstOf(work.signal, late.signal);
    try {
      return await compute(under(signal, work));
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  /** Settles when nothing waits or runs. Nobody waits for the model to come any longer. */
  async #whenIdle(): Promise<void> {
    await Promise.all([
      this.#routes?.close(),
      ...[...this.#batchers.values()].map((batcher) => batcher.whenIdle()),
    ]);
  }

  #allowed(mode: InferenceMode): readonly EngineSource[] {
    const allowed = enginesOfMode[mode].filter((source) => this.#batchers.has(source));
    if (allowed.length === 0) throw engineMissing(mode, this.#model);
    return allowed;
  }

  #progressOf(source: EngineSource): (progress: LoadProgress) => void {
    return (progress) => this.#report({ type: 'load', source, progress });
  }
}

function timeLeftOf({ deadline }: RoutedSubject): number | undefined {
  return deadline === undefined ? undefined : deadline - now();
}

function failureOf(error: unknown, source: EngineSource): PredcacheError {
  return toPredcacheError(error, { code: 'ENGINE_FAILED', where: source, hint: 'See the cause' });
}
