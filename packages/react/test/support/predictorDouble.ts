import {
  type InferenceMode,
  Listeners,
  type Prediction,
  type PredictOptions,
  type Predictor,
  type PredictorEvent,
  type PredictorStats,
  type Source,
} from '@predcache/core';

export interface Call {
  readonly input: string;
  readonly signal: AbortSignal | undefined;
  readonly inferenceMode: InferenceMode | undefined;
  /** Answers even when the signal has aborted, as a predictor that does not heed it would. */
  readonly resolve: (output: string) => void;
  readonly reject: (error: unknown) => void;
}

export function predictionOf(output: string, source: Source): Prediction<string> {
  return {
    output,
    source,
    age: 0,
    isStale: false,
    model: { name: 'double', version: '1' },
    backend: 'double',
    key: output,
  };
}

const noStats: PredictorStats = {
  requests: 0,
  hits: 0,
  misses: 0,
  collapsed: 0,
  failures: 0,
  aborted: 0,
  hitRatio: 0,
  hitsByTier: { memory: 0, indexeddb: 0, shared: 0, origin: 0 },
  staleHits: 0,
  bypassed: 0,
  background: { refresh: 0, prewarm: 0, audit: 0, detached: 0 },
  audits: { equal: 0, within_tolerance: 0, different: 0 },
  computedBy: { on_device: 0, in_cloud: 0 },
  timeSaved: 0,
  stored: 0,
  evictions: 0,
  expirations: 0,
  tierErrors: 0,
  engineErrors: 0,
  latency: {},
  tiers: {},
};

async function notForHooks(): Promise<never> {
  throw new Error('Hooks have no business with this');
}

/** A predictor whose answers the test gives, when and in which order it likes. */
export class PredictorDouble implements Predictor<string, string> {
  readonly modelId = 'a'.repeat(64);
  readonly model = { name: 'double', version: '1' };
  readonly memory = new Map<string, string>();
  readonly cache = {
    get: notForHooks,
    getMany: notForHooks,
    has: notForHooks,
    set: notForHooks,
    delete: notForHooks,
  };
  readonly put = notForHooks;
  readonly flush = notForHooks;
  readonly invalidate = notForHooks;
  readonly updateModel = notForHooks;
  readonly prewarm = notForHooks;
  readonly prewarmFrom = notForHooks;
  readonly signature = notForHooks;
  readonly calls: Call[] = [];
  readonly #listeners = new Listeners<PredictorEvent>();
  peeks = 0;
  statsCalls = 0;
  subscriptions = 0;
  counts: Partial<PredictorStats> = {};

  predict(input: string, { signal, inferenceMode }: PredictOptions = {}): Promise<Prediction<string>> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        input,
        signal,
        inferenceMode,
        resolve: (output) => resolve(predictionOf(output, 'on_device')),
        reject,
      });
    });
  }

  predictMany(inputs: readonly string[], options?: PredictOptions): Promise<Prediction<string>[]> {
    return Promise.all(inputs.map((input) => this.predict(input, options)));
  }

  peek(input: string): Prediction<string> | undefined {
    this.peeks++;
    const output = this.memory.get(input);
    return output === undefined ? undefined : predictionOf(output, 'memory');
  }

  async load(): Promise<void> {}

  subscribe(listener: (event: PredictorEvent) => void): () => void {
    this.subscriptions++;
    const remove = this.#listeners.add(listener);
    return () => {
      this.subscriptions--;
      remove();
    };
  }

  report(event: PredictorEvent): void {
    this.#listeners.report(event);
  }

  stats(): PredictorStats {
    this.statsCalls++;
    return { ...noStats, ...this.counts };
  }

  async clear(): Promise<void> {
    this.memory.clear();
  }

  async dispose(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
