import type { CrashMarks, LoadMark } from '../page/crashMarks.js';
import type { ModelArgument, RunArgument } from '../session/methods.js';
import { failedWithThreads } from '../session/runtimeErrors.js';
import type { WorkerEnd } from '../transport/workerEnd.js';
import { recycled } from '../transport/workerErrors.js';
import { type Answer, WorkerLink } from '../transport/workerLink.js';
import { IdleWatch } from './idleWatch.js';
import type { PooledCall } from './pooledCall.js';
import type { PooledModel } from './pooledModel.js';

export interface PoolWorkerOptions {
  readonly worker: Worker;
  readonly startTimeout: number;
  readonly runTimeout: number;
  readonly idleTimeout: number;
  readonly crashMarks: CrashMarks;
  /** Whether its runtime is to do with one thread, whatever the calls say. */
  readonly hasOneThread: boolean;
  readonly on: PoolWorkerEvents;
}

/** What the pool is told. Of calls and loads that have not been answered at its end, the end alone is told. */
export interface PoolWorkerEvents {
  readonly answered: (call: PooledCall, answer: Answer) => void;
  readonly loaded: (model: PooledModel) => void;
  readonly loadFailed: (model: PooledModel, error: Error) => void;
  readonly ended: (worker: PoolWorker, end: WorkerEnd) => void;
}

interface Load {
  readonly mark: LoadMark;
  readonly cancel: () => void;
  /** It has come as far as the session. */
  isBuilding: boolean;
}

/** One worker of the pool: which models it has, and what it has been given to do. */
export class PoolWorker {
  readonly #options: PoolWorkerOptions;
  readonly #link: WorkerLink;
  readonly #idle: IdleWatch;
  readonly #loads = new Map<PooledModel, Load>();
  readonly #models = new Set<PooledModel>();
  readonly #running = new Set<PooledCall>();
  readonly #unloads = new Set<() => void>();
  /** Of models of which this worker is told something else than the pool was. */
  readonly #arguments = new Map<PooledModel, ModelArgument>();

  constructor(options: PoolWorkerOptions) {
    const { worker, startTimeout, runTimeout, idleTimeout, on } = options;
    this.#options = options;
    this.#idle = new IdleWatch(
      idleTimeout,
      () => this.#link.unanswered === 0,
      () => this.end({ kind: 'recycled', error: recycled('The worker had nothing to do and was ended') }),
    );
    this.#link = new WorkerLink({
      worker,
      startTimeout,
      runTimeout,
      onEnd: (end) => {
        this.#idle.stop();
        const suspects = end.kind === 'died' ? this.suspects : [];
        for (const [model, { mark }] of this.#loads) {
          if (suspects.includes(model)) mark.crashed();
          else mark.end();
        }
        for (const resolve of this.#unloads) resolve();
        on.ended(this, end);
      },
    });
    this.#idle.begin();
  }

  /** Calls posted to it that it has not answered, in the order they were posted. */
  get running(): readonly PooledCall[] {
    return [...this.#running];
  }

  /** How many those are. */
  get load(): number {
    return this.#running.size;
  }

  get loading(): readonly PooledModel[] {
    return [...this.#loads.keys()];
  }

  /** The models whose loading may be what it died of: not those that were on their way while it had a run to compute. */
  get suspects(): readonly PooledModel[] {
    return this.loading.filter((model) => this.load === 0 || this.#loads.get(model)?.isBuilding === true);
  }

  /** The models that stand in it. */
  get models(): readonly PooledModel[] {
    return [...this.#models];
  }

  has(model: PooledModel): boolean {
    return this.#models.has(model);
  }

  /** Whether there is anything of it in this worker. */
  uses(model: PooledModel): boolean {
    return (
      this.has(model) || this.isLoading(model) || [...this.#running].some((call) => call.model === model)
    );
  }

  isLoading(model: PooledModel): boolean {
    return this.#loads.has(model);
  }

  beginLoading(model: PooledModel): void {
    const mark = this.#options.crashMarks.begin(model.argument.model);
    const load: Load = {
      mark,
      isBuilding: false,
      cancel: this.#link.post({
        method: 'load',
        argument: this.#argumentOf(model),
        onProgress: (progress) => {
          if (this.#loads.get(model) !== load) return;
          load.isBuilding = progress.phase === 'session';
          model.progressed(progress);
        },
        onAnswer: (answer) => {
          this.#answered();
          // The pool begins it again elsewhere when this worker ends, as it is just about to.
          if (!answer.ok && failedWithThreads(answer.error)) return;
          if (this.#loads.get(model) !== load) return;
          this.#loads.delete(model);
          mark.end();
          if (answer.ok) {
            this.#models.add(model);
            this.#options.on.loaded(model);
          } else this.#options.on.loadFailed(model, answer.error);
        },
      }),
    };
    this.#loads.set(model, load);
  }

  /** Nobody waits for it any more. The worker goes on for a moment: somebody may come back. */
  stopLoading(model: PooledModel): void {
    const load = this.#loads.get(model);
    if (load === undefined) return;
    this.#loads.delete(model);
    load.mark.end();
    load.cancel();
    this.#answered();
  }

  /** Posts a call for a model that stands in it. Gives what asks the worker to leave out the rest of it. */
  post(call: PooledCall): () => void {
    this.#running.add(call);
    const { method, argument, model, transfer } = call;
    const common = {
      transfer,
      onAnswer: (answer: Answer) => {
        this.#running.delete(call);
        this.#answered();
        this.#options.on.answered(call, answer);
      },
    };
    const what = this.#argumentOf(model);
    return method === 'run'
      ? this.#link.post({ ...common, model: what, batch: (argument as RunArgument).batch })
      : this.#link.post({ ...common, method, argument: what });
  }

  /** Settles when the worker has let go of the model, or has ended. Never rejects. */
  unload(model: PooledModel): Promise<void> {
    this.#models.delete(model);
    const argument = this.#argumentOf(model);
    this.#link.forget(argument);
    this.#arguments.delete(model);
    return new Promise((resolve) => {
      this.#unloads.add(resolve);
      this.#link.post({
        method: 'unload',
        argument,
        onAnswer: () => {
          this.#unloads.delete(resolve);
          this.#answered();
          resolve();
        },
      });
    });
  }

  end(end: WorkerEnd): void {
    this.#link.end(end);
  }

  /** What a model is, as this worker is told: the same object each time. */
  #argumentOf(model: PooledModel): ModelArgument {
    const { settings } = model.argument;
    if (!this.#options.hasOneThread || settings.threads === 1) return model.argument;
    const known = this.#arguments.get(model);
    const argument = known ?? { ...model.argument, settings: { ...settings, threads: 1 } };
    if (known === undefined) this.#arguments.set(model, argument);
    return argument;
  }

  #answered(): void {
    if (this.#link.unanswered === 0) this.#idle.begin();
  }
}
