import {
  type Availability,
  type Engine,
  type EngineResult,
  type LoadOptions,
  type Model,
  type Payload,
  PredcacheError,
  type RunOptions,
} from '@predcache/core';
import { callListener } from '../callListener.js';
import { ready } from '../session/loadProgress.js';
import type { Methods, SessionSettings } from '../session/methods.js';
import { type ModelReference, modelIdentity, modelReference } from '../session/modelReference.js';
import { requireTensors } from '../session/tensors.js';
import { SharedCalls } from '../share/sharedCalls.js';
import { sharingName } from '../share/sharingName.js';
import { TransportCalls } from '../share/transportCalls.js';
import { disposed } from '../transport/workerErrors.js';
import type { EngineCallOptions, EngineCalls } from './engineCalls.js';
import { ModelStates } from './modelStates.js';
import type { OnnxOptions } from './onnx.js';
import { forPosting } from './posting.js';

/** Until the worker has a use for them. */
const settings: SessionSettings = { modelCache: false };

/** The page's side of the on-device engine. */
export class OnnxEngine implements Engine {
  readonly name = 'onnx';
  readonly concurrency = 1;
  readonly maxBatchSize = 64;
  readonly #calls: EngineCalls;
  readonly #states = new ModelStates();
  #isDisposed = false;

  constructor({ worker, startTimeout = 30_000, runTimeout = 60_000, share = false }: OnnxOptions) {
    if (typeof worker !== 'function') {
      throw invalidOption(
        'worker',
        `a ${typeof worker}`,
        "a function: () => new Worker(…, { type: 'module' })",
      );
    }
    requireDuration('startTimeout', startTimeout);
    requireDuration('runTimeout', runTimeout);
    const onEnd = () => this.#states.clear();
    const createLocal = () => new TransportCalls({ createWorker: worker, startTimeout, runTimeout, onEnd });
    this.#calls =
      share === false
        ? createLocal()
        : new SharedCalls({
            name: sharingName({ name: sharedAs(share), settings }),
            createLocal,
            onHostChanged: onEnd,
          });
  }

  async availability({ model }: { readonly model: Model }): Promise<Availability> {
    if (this.#isDisposed) return { state: 'unavailable', reason: 'The engine has been disposed of.' };
    const reason = missing();
    if (reason !== undefined) return { state: 'unavailable', reason };
    let identity: string;
    try {
      identity = modelIdentity(pageReference(model));
    } catch (error) {
      return { state: 'unavailable', reason: (error as Error).message };
    }
    if (this.#states.isReady(identity)) return { state: 'available' };
    return { state: this.#states.isLoading(identity) ? 'downloading' : 'downloadable' };
  }

  async load({ model, signal, onProgress }: LoadOptions): Promise<void> {
    if (this.#isDisposed) throw disposed();
    signal?.throwIfAborted();
    const reference = pageReference(model);
    if (this.#states.isReady(modelIdentity(reference))) callListener(onProgress, ready);
    else await this.#call('load', { model: reference }, { signal, onProgress, startAnyway: true });
  }

  async run(
    batch: readonly Payload[],
    { model, signal, onProgress, priority, onBegun }: RunOptions,
  ): Promise<EngineResult> {
    if (this.#isDisposed) throw disposed();
    signal?.throwIfAborted();
    const reference = pageReference(model);
    const tensors = batch.map((payload, item) => forPosting(requireTensors(payload, item)));
    return this.#call('run', { model: reference, batch: tensors }, { signal, onProgress, priority, onBegun });
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#calls.dispose();
  }

  async #call<Method extends keyof Methods>(
    method: Method,
    argument: Omit<Methods[Method]['argument'], 'settings'>,
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    const identity = modelIdentity(argument.model);
    const call = this.#calls.call(method, { ...argument, settings } as Methods[Method]['argument'], options);
    return this.#states.follow(identity, call);
  }
}

/** The worker has another base URL than the page: resolve here. */
function pageReference(model: Model): ModelReference {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  return modelReference(model, (url) => new URL(url, base).href);
}

function missing(): string | undefined {
  if (typeof Worker === 'undefined') return 'There are no Web Workers here.';
  if (typeof WebAssembly === 'undefined') return 'There is no WebAssembly here.';
  return undefined;
}

/** The name given to what is shared. */
function sharedAs(share: OnnxOptions['share']): string {
  if (share === true) return '';
  if (typeof share === 'object' && share !== null && typeof share.name === 'string') return share.name;
  throw invalidOption('share', JSON.stringify(share), "true, or { name: 'a name' }");
}

function requireDuration(option: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw invalidOption(option, String(value), 'a number of ms above 0');
}

function invalidOption(option: string, came: string, expected: string): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The option ${option} is ${came}`,
    where: 'onnx()',
    hint: `Pass ${expected}`,
  });
}
