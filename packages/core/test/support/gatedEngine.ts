import type { Engine, EngineResult, Payload, RunOptions } from '@predcache/core';

interface Call {
  readonly batch: readonly Payload[];
  readonly options: RunOptions;
  readonly answer: (outputs: readonly Payload[]) => void;
  readonly fail: (error: unknown) => void;
}

/** An engine that answers when the test says so. */
export class GatedEngine implements Engine {
  readonly name = 'gated';
  readonly concurrency: number;
  readonly maxBatchSize: number;
  readonly lookahead: number;
  readonly calls: Call[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  constructor({ concurrency = 1, maxBatchSize = 8, lookahead = 0 } = {}) {
    this.lookahead = lookahead;
    this.concurrency = concurrency;
    this.maxBatchSize = maxBatchSize;
  }

  async availability() {
    return { state: 'available' } as const;
  }

  async load() {}

  async dispose() {}

  run(batch: readonly Payload[], options: RunOptions): Promise<EngineResult> {
    return new Promise((resolve, reject) => {
      const answer = (outputs: readonly Payload[]) => resolve({ outputs, backend: 'gated' });
      this.calls.push({ batch, options, answer, fail: reject });
      for (const { resolve: arrived } of this.#waiting.filter(({ count }) => count <= this.calls.length))
        arrived();
    });
  }

  /** Settles when `run` has been called `count` times. */
  async called(count: number): Promise<Call> {
    if (this.calls.length < count)
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    return this.calls[count - 1]!;
  }
}
