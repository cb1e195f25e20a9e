import type { PredcacheError } from '@predcache/core';
import { callListener } from '../callListener.js';
import type { CrashMarks } from '../page/crashMarks.js';
import type { EngineCallOptions, EngineCalls } from '../page/engineCalls.js';
import { ready } from '../session/loadProgress.js';
import type { Methods } from '../session/methods.js';
import { describeModel } from '../session/modelReference.js';
import { failedWithThreads, leavesRuntimeBroken } from '../session/runtimeErrors.js';
import type { WorkerEnd } from '../transport/workerEnd.js';
import { disposed, modelCrashed, overloaded, recycled, workerDied } from '../transport/workerErrors.js';
import type { Answer } from '../transport/workerLink.js';
import { CallQueue } from './callQueue.js';
import { PooledCall, type PooledMethod } from './pooledCall.js';
import type { PooledModel } from './pooledModel.js';
import { PooledModels } from './pooledModels.js';
import { PoolWorker } from './poolWorker.js';
import { WorkerStarts } from './workerStarts.js';

export interface WorkerPoolOptions {
  readonly createWorker: () => Worker;
  /** ms a worker has to get ready. */
  readonly startTimeout: number;
  /** ms a worker with work to do may stay silent. */
  readonly runTimeout: number;
  /** ms without work after which a worker is ended. */
  readonly idleTimeout: number;
  /** How many there are at most. */
  readonly workers: number;
  /** Whether aborting a call that has begun ends its worker. */
  readonly hardAbort: boolean;
  /** How many calls may wait. */
  readonly maxQueueLength: number;
  readonly crashMarks: CrashMarks;
  /** Called when a model stands in no worker any more. */
  readonly onGone: (identity: string) => void;
}

/** Workers that die while they compute a call, or load a model, until it is given up. */
const mostDeaths = 2;

/**
 * Calls into workers that are started when there is something to do for them, and replaced when they have ended. A worker
 * is given a run when it has the model and nothing else to do, or, lest it idle while its answer travels, one more.
 */
export class WorkerPool implements EngineCalls {
  readonly #options: WorkerPoolOptions;
  readonly #starts: WorkerStarts;
  readonly #queue = new CallQueue();
  readonly #models = new PooledModels();
  #workers: PoolWorker[] = [];
  /** The runtime could not start its threads here. */
  #hasOneThread = false;
  #isDisposed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#starts = new WorkerStarts(options.createWorker);
  }

  async call<Method extends keyof Methods>(
    method: Method,
    argument: Methods[Method]['argument'],
    options: EngineCallOptions,
  ): Promise<Methods[Method]['result']> {
    this.#refuse(options);
    let model = this.#models.of(argument);
    if (method === 'unload') return this.#unload(model) as Promise<undefined>;
    if (!this.#stands(model)) {
      const { model: reference } = argument;
      const remembered = this.#options.crashMarks.isCrashing(reference);
      // Where nothing is remembered, which is nearly always, there is nothing to wait for.
      if (remembered !== false) {
        const isCrashing = await remembered;
        this.#forgetIfUnused(model);
        if (isCrashing) throw modelCrashed(describeModel(reference));
        this.#refuse(options);
        // Another call may have made it be forgotten meanwhile.
        model = this.#models.of(argument);
      }
    }
    return this.#add(
      new PooledCall({ method: method as PooledMethod, argument, model, options }),
      options,
    ) as Promise<Methods[Method]['result']>;
  }

  get failure(): PredcacheError | undefined {
    return this.#workers.length === 0 ? this.#starts.failure : undefined;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const worker of [...this.#workers]) worker.end({ kind: 'disposed', error: disposed() });
    this.#rejectAll(disposed());
  }

  #refuse({ signal, startAnyway }: EngineCallOptions): void {
    if (this.#isDisposed) throw disposed();
    signal?.throwIfAborted();
    const { failure } = this;
    if (failure !== undefined && startAnyway !== true) throw failure;
  }

  #add(call: PooledCall, { startAnyway = false }: EngineCallOptions): Promise<unknown> {
    const { model, onProgress, method } = call;
    const stands = this.#stands(model);
    if (method === 'load' && stands) {
      callListener(onProgress, ready);
      call.resolve(undefined);
      return call.result;
    }
    const lately = stands || startAnyway || this.#isLoading(model) ? undefined : model.failedLately;
    if (lately !== undefined) throw lately.error;
    if (method === 'load') model.loads.add(call);
    else this.#enqueue(call);
    call.heedAbort(() => this.#aborted(call));
    if (onProgress !== undefined && !stands) {
      const stop = model.tellProgress(onProgress);
      call.result.then(stop, stop);
      // By who heard how far it is.
      if (call.isSettled) return call.result;
    }
    if (method === 'load') this.#provide(model);
    else this.#dispatch();
    return call.result;
  }

  /** Where too many wait, the most urgent ones may. */
  #enqueue(call: PooledCall): void {
    const { maxQueueLength } = this.#options;
    if (this.#queue.length >= maxQueueLength) {
      const error = overloaded(this.#queue.length, maxQueueLength);
      const dropped = this.#queue.takeLessUrgent(call.priority);
      if (dropped === undefined) throw error;
      dropped.reject(error);
    }
    this.#queue.add(call);
  }

  /** Posts what can be, and sees to it that the rest can be soon. */
  #dispatch(): void {
    const short: PooledModel[] = [];
    for (;;) {
      const next = this.#queue.take((call) => this.#placeFor(call));
      if (next === undefined) break;
      const { call, place } = next;
      if (place.load > 0 && this.#options.workers > 1) short.push(call.model);
      call.posted = { worker: place, cancel: place.post(call) };
      call.begun(!this.#options.hardAbort);
    }
    for (const model of short) this.#provide(model);
    if (this.#queue.length > 0) for (const model of this.#queue.models()) this.#provide(model);
  }

  /**
   * A second one is posted only where somebody waits for it: it cannot be overtaken any more. None is where aborting it
   * would have to end what is computed before it.
   */
  #placeFor({ model, priority }: PooledCall): PoolWorker | undefined {
    let second: PoolWorker | undefined;
    for (const worker of this.#workers) {
      if (!worker.has(model)) continue;
      if (worker.load === 0) return worker;
      if (worker.load === 1) second ??= worker;
    }
    return priority === 'user' && !this.#options.hardAbort ? second : undefined;
  }

  /** Loads a model that is waited for: into one worker, and into one more while all that have it are busy. */
  #provide(model: PooledModel): void {
    if (this.#isDisposed || this.#isLoading(model)) return;
    const having = this.#workers.filter((worker) => worker.has(model));
    if (having.some(({ load }) => load === 0)) return;
    if (having.length > 0 && (this.#options.workers === 1 || model.spreading.remaining > 0)) return;
    const others = this.#workers.filter((worker) => !worker.has(model));
    const free = others.find(({ load, loading }) => load === 0 && loading.length === 0);
    const worker =
      free ?? this.#start(having.length > 0) ?? (having.length > 0 ? undefined : leastBusy(others));
    worker?.beginLoading(model);
  }

  #start(isOneMore: boolean): PoolWorker | undefined {
    const { workers: most, startTimeout, runTimeout, idleTimeout, crashMarks } = this.#options;
    if (this.#workers.length >= most || (isOneMore && this.#starts.failure !== undefined)) return undefined;
    try {
      const worker = new PoolWorker({
        worker: this.#starts.make(),
        startTimeout,
        runTimeout,
        idleTimeout,
        crashMarks,
        hasOneThread: this.#hasOneThread,
        on: {
          answered: (call, answer) => this.#answered(call, answer),
          loaded: (model) => this.#loaded(model),
          loadFailed: (model, error) => this.#loadFailed(model, error),
          ended: (ended, end) => this.#ended(ended, end),
        },
      });
      this.#workers.push(worker);
      return worker;
    } catch (error) {
      if (this.#workers.length === 0) this.#rejectAll(error);
      return undefined;
    }
  }

  #answered(call: PooledCall, answer: Answer): void {
    call.posted = undefined;
    if (answer.ok) {
      this.#starts.succeeded();
      call.resolve(answer.value);
    } else call.reject(answer.error);
    // A worker that has become unfit is ended next: what waits is not for it.
    if (answer.ok || !leavesRuntimeBroken(answer.error)) this.#dispatch();
  }

  #aborted(call: PooledCall): void {
    const { posted, model } = call;
    if (posted === undefined) {
      model.loads.delete(call);
      this.#queue.delete(call);
      this.#letGo(model);
    } else if (this.#options.hardAbort) {
      posted.worker.end({ kind: 'recycled', error: recycled('A run in it was aborted') });
    } else posted.cancel();
  }

  #loaded(model: PooledModel): void {
    this.#starts.succeeded();
    this.#options.crashMarks.forget(model.argument.model);
    model.loaded();
    for (const call of model.loads) call.resolve(undefined);
    model.loads.clear();
    this.#dispatch();
  }

  #loadFailed(model: PooledModel, error: Error): void {
    if (this.#stands(model)) {
      model.spreading.failed();
      return;
    }
    model.failed(error);
    this.#rejectWaiting(model, error);
  }

  /**
   * Whatever the worker had begun with is begun again in another one, but for what ended it: what it had run into is
   * given up when it ran out of memory or never came back, and when it died of it twice.
   */
  #ended(worker: PoolWorker, end: WorkerEnd): void {
    this.#workers = this.#workers.filter((other) => other !== worker);
    // iOS may not give several threads their memory: https://github.com/microsoft/onnxruntime/issues/22086
    if (failedWithThreads(end.error) && !this.#hasOneThread) this.#hasOneThread = true;
    else this.#starts.ended(end);
    for (const model of worker.models) if (!this.#stands(model)) this.#options.onGone(model.identity);
    for (const call of worker.running) call.posted = undefined;
    if (this.#isDisposed) {
      for (const call of worker.running) call.reject(end.error);
      return;
    }
    this.#blame(worker, end);
    for (const call of [...worker.running].reverse()) {
      if (call.isSettled) continue;
      if (call.canBePostedAgain) this.#queue.putBack(call);
      else call.reject(workerDied('The worker ended, and with it the input that had moved there', end.error));
    }
    const { failure } = this;
    if (failure !== undefined) this.#rejectAll(failure);
    for (const model of this.#models.all()) if (model.loads.size > 0) this.#provide(model);
    this.#dispatch();
    for (const model of [...worker.models, ...worker.loading]) this.#forgetIfUnused(model);
  }

  #blame(worker: PoolWorker, { kind, error }: WorkerEnd): void {
    const [first] = worker.running;
    if (kind === 'silent') {
      first?.reject(error);
      if (first === undefined) for (const model of worker.loading) this.#giveUpLoading(model, error);
    }
    if (kind !== 'died') return;
    if (first !== undefined && ++first.deaths >= mostDeaths) first.reject(error);
    for (const model of worker.suspects) if (++model.deaths >= mostDeaths) this.#giveUpLoading(model, error);
  }

  #giveUpLoading(model: PooledModel, error: Error): void {
    model.deaths = 0;
    if (!this.#stands(model)) this.#rejectWaiting(model, error);
  }

  async #unload(model: PooledModel): Promise<void> {
    if (this.#stands(model)) this.#options.onGone(model.identity);
    // All of them: a load that was left may have come to its end there.
    await Promise.all(this.#workers.map((worker) => worker.unload(model)));
    this.#forgetIfUnused(model);
  }

  #rejectWaiting(model: PooledModel, error: unknown): void {
    for (const call of [...model.loads, ...this.#queue.takeAll(model)]) call.reject(error);
    model.loads.clear();
  }

  #rejectAll(error: unknown): void {
    for (const model of this.#models.all()) this.#rejectWaiting(model, error);
  }

  /** A model that is being loaded and that nobody waits for any more need not be. */
  #letGo(model: PooledModel): void {
    if (model.loads.size > 0 || this.#queue.has(model) || this.#stands(model)) return;
    for (const worker of this.#workers) worker.stopLoading(model);
    this.#forgetIfUnused(model);
  }

  #stands(model: PooledModel): boolean {
    return this.#workers.some((worker) => worker.has(model));
  }

  #isLoading(model: PooledModel): boolean {
    return this.#workers.some((worker) => worker.isLoading(model));
  }

  #forgetIfUnused(model: PooledModel): void {
    const isUsed =
      model.loads.size > 0 ||
      this.#queue.has(model) ||
      model.failedLately !== undefined ||
      this.#workers.some((worker) => worker.uses(model));
    if (!isUsed) this.#models.forget(model);
  }
}

function leastBusy(workers: readonly PoolWorker[]): PoolWorker | undefined {
  return workers.reduce<PoolWorker | undefined>(
    (least, worker) => (least === undefined || worker.load < least.load ? worker : least),
    undefined,
  );
}
