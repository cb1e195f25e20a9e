import type { ModelCacheSettings } from '../session/methods.js';

export interface OnnxOptions {
  /**
   * Makes a worker: a file of the app's own with the one line `import '@predcache/onnx/worker'`, so that every
   * bundler understands it. The engine owns what it returns: an error that nothing in there catches ends it, and so
   * does `dispose`. Called on the first `load` or `run`, again when a worker has ended, and for each of `workers`.
   *
   * @example
   * worker: () => new Worker(new URL('./predict.worker.ts', import.meta.url), { type: 'module' })
   */
  readonly worker: () => Worker;

  /**
   * How many workers there may be. Each has its own runtime and its own copy of the models it runs; more than one pays
   * for dear models on machines with cores to spare. The second one is started when a run finds the first one busy.
   *
   * @default 1
   */
  readonly workers?: number | undefined;

  /**
   * ms a new worker has to load its script and set up. Models and the wasm of the runtime are not part of it.
   *
   * @default 30_000
   */
  readonly startTimeout?: number | undefined;

  /**
   * ms that a worker with work to do may give no sign of life before it is ended and the run it was at rejects with
   * `WORKER_TIMEOUT`. One input must take less; loading and a batch of many inputs may take longer.
   *
   * @default 60_000
   */
  readonly runTimeout?: number | undefined;

  /**
   * ms without work after which a worker is ended, for nothing else gives its memory back. The next run that misses the
   * cache starts another, which takes 0.3 to 0.9 s. `Infinity` keeps workers for as long as the page lives.
   *
   * @default 300_000
   */
  readonly idleTimeout?: number | undefined;

  /**
   * Whether aborting a run that has begun ends its worker, so that nothing more is computed for it: what else was in that
   * worker begins again in another one. Without it such a run goes on and its result is kept by the cache. For models
   * that take seconds a run.
   *
   * @default false
   */
  readonly hardAbort?: boolean | undefined;

  /**
   * How many runs may wait for a worker. Beyond, less urgent ones give way, or the new one rejects with
   * `ENGINE_OVERLOADED`. Concerns those who call the engine themselves: a predictor has a bounded queue of its own.
   *
   * @default 10_000
   */
  readonly maxQueueLength?: number | undefined;

  /**
   * Whether inputs are computed together along their first axis.
   *
   * @default where the model's dims allow it
   */
  readonly batching?: boolean | undefined;

  /**
   * Threads of the wasm runtime. More than one needs a page that is cross-origin isolated.
   *
   * @default one, or several where the page is isolated and has cores to spare
   */
  readonly threads?: number | undefined;

  /**
   * Where model files are kept for offline use: the name of a cache in the origin's Cache Storage, and how many versions
   * of a model stay in it, the ones used last. `false` keeps none.
   *
   * @default { name: 'predcache-models', keepVersions: 1 }
   */
  readonly modelCache?: Partial<ModelCacheSettings> | false | undefined;

  /**
   * Whether the tabs of this origin share the workers and their models: one of them has them, and answers for all. When
   * it is closed, or gives no sign of life for 5 s, another one takes over; no call is lost. Where the browser has no Web
   * Locks (which need a secure context) or no BroadcastChannel, each tab has its own.
   *
   * Engines with the same settings share. `{ name }` keeps several such engines of one origin apart: those, above all,
   * whose worker files differ.
   *
   * @default false
   * @example
   * share: { name: 'search' }
   */
  readonly share?: boolean | { readonly name: string } | undefined;
}
