import type { Prediction, Predictor, PredictorEvent, Tensors } from '@predcache/core';
import type { ModelSignature } from '../onnxFile/modelSignature.js';
import { type Outcome, Outcomes } from './outcomes.js';

/** What a model is, wherever it is computed. */
export interface ModelDescription {
  readonly name: string;
  readonly version: string;
  readonly signature: ModelSignature;
  /** For instance `onnx_onnxv1`. */
  readonly platform: string;
  /** `sha256-` and base64, where the file is known. */
  readonly integrity?: string | undefined;
}

/** A prediction, and what the cache had to do with it. */
export interface Answered {
  readonly prediction: Prediction<Tensors>;
  readonly outcome: Outcome;
}

/** One version of a model with the predictor that answers for it. */
export class ServedModel<Description extends ModelDescription = ModelDescription> {
  readonly predictor: Predictor<Tensors, Tensors>;
  readonly #outcomes = new Outcomes();
  readonly #listeners: ((event: PredictorEvent, model: ModelDescription) => void)[];
  #description: Description;
  #pending = 0;
  #whenIdle: (() => void)[] = [];

  constructor(
    description: Description,
    predictor: Predictor<Tensors, Tensors>,
    listener: (event: PredictorEvent, model: ModelDescription) => void,
  ) {
    this.#description = description;
    this.predictor = predictor;
    this.#listeners = [(event) => this.#outcomes.read(event), listener];
    predictor.subscribe((event) => this.report(event));
  }

  get description(): Description {
    return this.#description;
  }

  /** Requests that wait for an answer. */
  get pending(): number {
    return this.#pending;
  }

  async predict(inputs: Tensors, signal: AbortSignal): Promise<Answered> {
    this.#pending++;
    try {
      const prediction = await this.predictor.predict(inputs, { signal });
      return { prediction, outcome: this.#outcomes.take(prediction) };
    } finally {
      this.#pending--;
      if (this.#pending === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  /** What happened to this model's predictions, also past its predictor: for the same readers. */
  report(event: PredictorEvent): void {
    for (const listener of this.#listeners) listener(event, this.#description);
  }

  /** Goes over to a changed file: the new one is loaded before the old one is let go; on failure nothing changes. */
  async update(description: Description, url: string): Promise<void> {
    const { name, version, integrity } = description;
    await this.predictor.updateModel({ name, version, integrity, url });
    this.#description = description;
  }

  /** Once nobody waits for an answer any more. */
  async retire(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    await this.predictor.dispose();
  }
}
