import { firstOf, settledBy } from '../abortSignals.js';
import { now } from '../clock.js';
import type { Engine, EngineSource } from '../engines/engine.js';
import type { Entry } from '../entry.js';
import { entrySize } from '../entrySize.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { PredictorEvent, Source } from '../events/events.js';
import { Keyer } from '../keys/keyer.js';
import type { Model } from '../model.js';
import type { Payload } from '../payload.js';
import type { Prediction } from '../prediction.js';
import type { InferenceMode, PredictOptions, PredictorLoadOptions } from '../predictor.js';
import { type PredictorOptions, validateInferenceMode } from '../predictorOptions.js';
import type { Tier } from '../tiers/tier.js';
import { type Flight, InFlight } from './inFlight.js';
import { Inputs } from './inputs.js';
import { decodeOutputs } from './outputs.js';
import { Router } from './router.js';
import { type Found, TierStack } from './tierStack.js';

/** What a miss in memory came to: an entry, and where it was found or computed. */
interface Resolution {
  readonly entry: Entry;
  readonly source: Source;
}

/** What a miss in memory asks for. */
interface Request {
  readonly key: string;
  readonly payload: () => Payload;
  readonly inferenceMode: InferenceMode;
  /** The generation when it was asked. */
  readonly generation: number;
}

export interface PipelineOptions<Input, Output> extends PredictorOptions<Input, Output, never> {
  readonly tiers: readonly Tier[];
  readonly maxInputSize: number;
  readonly inferenceMode: InferenceMode;
  readonly report: (event: PredictorEvent) => void;
}

/** The one path a prediction takes: memory, in-flight table, slower tiers, engine, and back into the tiers. */
export class Pipeline<Input, Output> {
  readonly #model: Model;
  readonly #envelopeModel: Prediction<Output>['model'];
  readonly modelId: string;
  readonly #inputs: Inputs<Input>;
  readonly #decode: PipelineOptions<Input, Output>['decode'];
  readonly #tiers: TierStack;
  readonly #router: Router;
  readonly #inferenceMode: InferenceMode;
  readonly #report: (event: PredictorEvent) => void;
  readonly #inFlight = new InFlight<Resolution>();
  readonly #disposal = new AbortController();
  /** Grows with every invalidation: what began under an older one is not stored. */
  #generation = 0;
  /** Clears under way: what a slower tier still gives is about to go. */
  #clearing = 0;

  constructor(options: PipelineOptions<Input, Output>) {
    const { model, onDevice, inCloud, report } = options;
    const keyer = new Keyer({ model, maxInputSize: options.maxInputSize });
    this.#model = model;
    this.#envelopeModel = Object.freeze({ name: model.name, version: model.version });
    this.modelId = keyer.modelId;
    this.#inputs = new Inputs(keyer, options);
    this.#decode = options.decode;
    this.#tiers = new TierStack(options.tiers, keyer.modelId, report);
    this.#router = new Router({ model, engines: enginesOf(onDevice, inCloud), report });
    this.#inferenceMode = options.inferenceMode;
    this.#report = report;
  }

  /** Up to the first wait this runs synchronously: a hit in memory takes no turn, and a miss has copied its input. */
  async predict(
    input: Input,
    { signal, inferenceMode = this.#inferenceMode }: PredictOptions,
  ): Promise<Prediction<Output>> {
    const started = now();
    const generation = this.#generation;
    let key: string | undefined;
    try {
      this.#throwIfDisposed();
      signal?.throwIfAborted();
      validateInferenceMode(inferenceMode);
      const prepared = this.#inputs.prepare(input);
      let { payload } = prepared;
      if (typeof prepared.key === 'string') {
        key = prepared.key;
      } else {
        if (prepared.isCopiedAtOnce) payload = copied(payload);
        key = await prepared.key;
        this.#throwIfDisposed();
        signal?.throwIfAborted();
      }
      const found = this.#tiers.peek(key);
      if (found !== undefined) return this.#hit(found, started);
      const flightKey = flightOf(key, inferenceMode, generation);
      let flight = this.#inFlight.find(flightKey);
      if (flight === undefined) {
        if (prepared.isCopiedAtOnce) payload = copied(payload);
        const request: Request = { key, payload, inferenceMode, generation };
        flight = this.#inFlight.begin(flightKey, (allLeft) => this.#resolve(request, allLeft));
      }
      return await this.#answer(flight, signal, started);
    } catch (error) {
      throw this.#failed(error, key, signal);
    }
  }

  peek(input: Input): Prediction<Output> | undefined {
    const started = now();
    const key = this.#disposal.signal.aborted ? undefined : this.#inputs.keyNow(input);
    const found = key === undefined ? undefined : this.#tiers.peek(key);
    if (found === undefined) return undefined;
    try {
      return this.#hit(found, started);
    } catch {
      return undefined;
    }
  }

  async load({ onProgress, signal }: PredictorLoadOptions): Promise<void> {
    this.#throwIfDisposed();
    signal?.throwIfAborted();
    const { signal: end, release } = firstOf(this.#disposal.signal, signal);
    try {
      await settledBy(this.#router.load(this.#inferenceMode, onProgress, end), end);
    } catch (error) {
      throw end.aborted ? end.reason : this.#typed(error);
    } finally {
      release();
    }
  }

  usage(): ReturnType<TierStack['usage']> {
    return this.#tiers.usage();
  }

  async clear(): Promise<void> {
    this.#throwIfDisposed();
    this.#generation++;
    this.#clearing++;
    try {
      await this.#tiers.clear();
    } finally {
      this.#clearing--;
    }
    this.#report({ type: 'cleared' });
  }

  /** Rejects what is pending, and settles when the writes that were begun have. */
  async dispose(): Promise<void> {
    this.#disposal.abort(this.#disposedError());
    this.#inFlight.end(this.#disposal.signal.reason);
    await this.#tiers.settle();
    this.#tiers.unsubscribe();
  }

  close(tiers: readonly Tier[]): Promise<void> {
    return this.#tiers.close(tiers);
  }

  #hit({ entry, source }: Pick<Found, 'entry' | 'source'>, started: number): Prediction<Output> {
    const prediction = this.#envelope(entry, source);
    const latency = now() - started;
    const { key, cost } = entry;
    this.#report({
      type: 'hit',
      key,
      source,
      latency,
      age: prediction.age,
      timeSaved: Math.max(0, cost - latency),
    });
    return prediction;
  }

  /** The answer of a flight. The first one who gets it counts as the one it was made for, the others as collapsed. */
  async #answer(
    flight: Flight<Resolution>,
    signal: AbortSignal | undefined,
    started: number,
  ): Promise<Prediction<Output>> {
    const { entry, source } = await flight.wait(signal);
    const isFirst = flight.claim();
    if (isFirst && !isEngineSource(source)) return this.#hit({ entry, source }, started);
    const prediction = this.#envelope(entry, source);
    const latency = now() - started;
    const { key, backend, cost } = entry;
    if (isFirst && isEngineSource(source))
      this.#report({ type: 'computed', key, source, backend, latency, cost });
    else this.#report({ type: 'collapsed', key, source, latency });
    return prediction;
  }

  async #resolve(
    { key, payload, inferenceMode, generation }: Request,
    signal: AbortSignal,
  ): Promise<Resolution> {
    const isCurrent = () => generation === this.#generation;
    const found = await this.#tiers.find(key);
    if (found !== undefined && isCurrent() && this.#clearing === 0) {
      this.#tiers.store(found.entry, found.tier);
      return found;
    }
    signal.throwIfAborted();
    this.#report({ type: 'miss', key });
    const { outputs, backend, cost, source } = await this.#router.compute(payload(), inferenceMode, signal);
    const entry: Entry = {
      key,
      model: this.modelId,
      outputs,
      createdAt: Date.now(),
      cost,
      size: entrySize(outputs, []),
      tags: [],
      computedBy: source,
      backend,
    };
    if (isCurrent()) this.#tiers.store(entry);
    return { entry, source };
  }

  #envelope(entry: Entry, source: Source): Prediction<Output> {
    return {
      output: decodeOutputs(entry.outputs, this.#decode),
      source,
      // Clocks can be set back; an age below 0 would help nobody.
      age: isEngineSource(source) ? 0 : Math.max(0, Date.now() - entry.createdAt),
      isStale: false,
      model: this.#envelopeModel,
      backend: entry.backend,
      key: entry.key,
    };
  }

  /** What to reject with; reports it. An aborted call rejects with its own signal's reason, whatever that is. */
  #failed(error: unknown, key: string | undefined, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true && (error === signal.reason || !this.#disposal.signal.aborted)) {
      this.#report({ type: 'aborted', key });
      return signal.reason;
    }
    const failure = this.#typed(error);
    this.#report({ type: 'failed', key, error: failure });
    return failure;
  }

  #typed(error: unknown): PredcacheError {
    const where = `predictor "${this.#model.name}"`;
    return toPredcacheError(error, { code: 'ENGINE_FAILED', where, hint: 'See the cause' });
  }

  #throwIfDisposed(): void {
    this.#disposal.signal.throwIfAborted();
  }

  #disposedError(): PredcacheError {
    return new PredcacheError({
      code: 'DISPOSED',
      what: 'The predictor was disposed of',
      where: `predictor "${this.#model.name}"`,
      hint: 'Make a new one with createPredictor',
    });
  }
}

function enginesOf(
  onDevice: Engine | undefined,
  inCloud: Engine | undefined,
): Partial<Record<EngineSource, Engine>> {
  return {
    ...(onDevice === undefined ? {} : { on_device: onDevice }),
    ...(inCloud === undefined ? {} : { in_cloud: inCloud }),
  };
}

/**
 * What requests must share to share a computation: those that another engine may have to answer do not wait for one
 * another, and what is asked after an invalidation does not join what began before it.
 */
function flightOf(key: string, mode: InferenceMode, generation: number): string {
  return `${key} ${mode} ${generation}`;
}

/** A copy that is made now and handed out later. */
function copied(payload: () => Payload): () => Payload {
  const copy = payload();
  return () => copy;
}

function isEngineSource(source: Source): source is EngineSource {
  return source === 'on_device' || source === 'in_cloud';
}
