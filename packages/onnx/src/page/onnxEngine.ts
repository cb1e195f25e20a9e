import type {
  Availability,
  Engine,
  EngineResult,
  LoadOptions,
  Model,
  ModelSignature,
  Payload,
  RunOptions,
} from '@predcache/core';
import { buffersWorthMoving } from '../buffersWorthMoving.js';
import { callListener } from '../callListener.js';
import { areFilesStored } from '../files/storedModels.js';
import { ready } from '../session/loadProgress.js';
import type { Methods, SessionSettings } from '../session/methods.js';
import { describeModel } from '../session/modelReference.js';
import { requireTensors } from '../session/tensors.js';
import { disposed, modelCrashed } from '../transport/workerErrors.js';
import type { CrashMarks } from './crashMarks.js';
import type { EngineCallOptions, EngineCalls } from './engineCalls.js';
import { ModelStates } from './modelStates.js';
import { type PageModel, PageModels } from './pageModels.js';
import { forPosting } from './posting.js';

export interface OnnxEngineOptions {
  readonly workers: number;
  readonly lookahead: number;
  readonly settings: SessionSettings;
  readonly crashMarks: CrashMarks;
  /** @param onGone to be called when a model is not loaded any longer; without one, when none may be */
  readonly createCalls: (onGone: (identity?: string) => void) => EngineCalls;
}

/** The page's side of the on-device engine. */
export class OnnxEngine implements Engine {
  readonly name = 'onnx';
  readonly concurrency: number;
  readonly lookahead: number;
  readonly maxBatchSize = 64;
  readonly #options: OnnxEngineOptions;
  readonly #calls: EngineCalls;
  readonly #states = new ModelStates();
  readonly #models = new PageModels();
  #isDisposed = false;

  constructor(options: OnnxEngineOptions) {
    this.#options = options;
    this.concurrency = options.workers;
    this.lookahead = options.lookahead;
    this.#calls = options.createCalls((identity) => this.#states.forget(identity));
  }

  async availability({ model }: { readonly model: Model }): Promise<Availability> {
    if (this.#isDisposed) return { state: 'unavailable', reason: 'The engine has been disposed of.' };
    const reason = missing();
    if (reason !== undefined) return { state: 'unavailable', reason };
    let known: PageModel;
    try {
      known = this.#models.of(model);
    } catch (error) {
      return { state: 'unavailable', reason: (error as Error).message };
    }
    const { reference, identity } = known;
    if (this.#states.isReady(identity)) return { state: 'available' };
    if (this.#states.isLoading(identity)) return { state: 'downloading' };
    const { failure } = this.#calls;
    if (failure !== undefined) return { state: 'unavailable', reason: failure.message };
    const { crashMarks, settings } = this.#options;
    if (await crashMarks.isCrashing(reference))
      return { state: 'unavailable', reason: modelCrashed(describeModel(model)).message };
    return (await areFilesStored(reference, settings.modelCache))
      ? { state: 'available', reason: 'The model is not loaded, but its files are stored on this device.' }
      : { state: 'downloadable' };
  }

  async load({ model, signal, onProgress }: LoadOptions): Promise<void> {
    this.#refuse(signal);
    const known = this.#models.of(model);
    if (this.#states.isReady(known.identity)) callListener(onProgress, ready);
    else await this.#call('load', known, {}, { signal, onProgress, startAnyway: true });
  }

  async run(
    batch: readonly Payload[],
    { model, signal, onProgress, priority, onBegun, mayTransfer = false }: RunOptions,
  ): Promise<EngineResult> {
    this.#refuse(signal);
    const known = this.#models.of(model);
    const tensors = batch.map((payload, item) => forPosting(requireTensors(payload, item)));
    const transfer = mayTransfer ? buffersWorthMoving(tensors) : undefined;
    const options = { signal, onProgress, priority, onBegun, transfer };
    return this.#call('run', known, { batch: tensors }, options);
  }

  async signature({ model, signal, onProgress }: LoadOptions): Promise<ModelSignature> {
    this.#refuse(signal);
    return this.#call('signature', this.#models.of(model), {}, { signal, onProgress });
  }

  async unload({ model }: { readonly model: Model }): Promise<void> {
    if (this.#isDisposed) return;
    const { settings } = this.#options;
    const { reference, identity } = this.#models.of(model);
    this.#states.leave(identity);
    await this.#calls.call('unload', { model: reference, settings }, {});
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#calls.dispose();
  }

  #refuse(signal: AbortSignal | undefined): void {
    if (this.#isDisposed) throw disposed();
    signal?.throwIfAborted();
  }

  #call<Method extends keyof Methods>(
    method: Method,
    { reference, identity }: PageModel,
    rest: Omit<Methods[Method]['argument'], 'model' | 'settings'>,
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    const { settings } = this.#options;
    const argument = { model: reference, settings, ...rest } as Methods[Method]['argument'];
    const call = this.#calls.call(method, argument, options);
    return this.#states.isReady(identity) ? call : this.#states.follow(identity, call);
  }
}

function missing(): string | undefined {
  if (typeof Worker === 'undefined') return 'There are no Web Workers here.';
  if (typeof WebAssembly === 'undefined') return 'There is no WebAssembly here.';
  return undefined;
}
