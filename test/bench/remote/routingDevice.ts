import { setTimeout as pause } from 'node:timers/promises';
import type { Availability, Engine, EngineResult, LoadOptions, Payload, RunOptions } from '@predcache/core';

export interface SimulatedDeviceOptions {
  /** Where the model is downloaded from. */
  readonly modelUrl: string;
  /** ms from the model's last byte to the first run. */
  readonly start: number;
  /** ms of each run. */
  readonly run: number;
}

/** A device that really downloads its model, and really takes the time it is said to take. */
export class SimulatedDevice implements Engine {
  readonly name = 'simulated';
  readonly concurrency = 1;
  readonly maxBatchSize = 1;
  readonly #options: SimulatedDeviceOptions;
  #state: Availability['state'] = 'downloadable';
  #loading: Promise<void> | undefined;

  constructor(options: SimulatedDeviceOptions) {
    this.#options = options;
  }

  async availability(): Promise<Availability> {
    return { state: this.#state };
  }

  load({ signal }: Partial<LoadOptions> = {}): Promise<void> {
    this.#loading ??= this.#load(signal);
    return this.#loading;
  }

  async run(batch: readonly Payload[], _options: RunOptions): Promise<EngineResult> {
    await this.load();
    await pause(this.#options.run);
    return { outputs: batch.map(() => 'device'), backend: 'simulated' };
  }

  async dispose(): Promise<void> {}

  async #load(signal: AbortSignal | undefined): Promise<void> {
    this.#state = 'downloading';
    const response = await fetch(this.#options.modelUrl, { signal: signal ?? null });
    for await (const _chunk of response.body!);
    await pause(this.#options.start);
    this.#state = 'available';
  }
}
