import type { Engine } from '@predcache/core';
import { onnxNode } from '@predcache/onnx/node';

/** The engine of the gateway, with a record of the batches it was given. */
export class RecordingEngine implements Engine {
  readonly #engine = onnxNode();
  readonly name = this.#engine.name;
  readonly concurrency = this.#engine.concurrency;
  readonly maxBatchSize = this.#engine.maxBatchSize;
  /** The sizes of the batches, in the order in which they came. */
  batches: number[] = [];
  isDisposed = false;

  /** Inputs that reached the model. */
  get inputs(): number {
    return this.batches.reduce((sum, size) => sum + size, 0);
  }

  readonly availability: Engine['availability'] = (options) => this.#engine.availability(options);
  readonly load: Engine['load'] = (options) => this.#engine.load(options);
  readonly run: Engine['run'] = (batch, options) => {
    this.batches.push(batch.length);
    return this.#engine.run(batch, options);
  };
  readonly dispose: Engine['dispose'] = () => {
    this.isDisposed = true;
    return this.#engine.dispose();
  };
}
