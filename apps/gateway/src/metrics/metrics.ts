import type { PredictorEvent } from '@predcache/core';
import type { LastStep } from '../http/requestSteps.js';
import type { ModelDescription } from '../models/servedModel.js';
import { Histogram } from './histogram.js';
import { ModelCounts } from './modelCounts.js';
import { ModelRuns } from './modelRuns.js';

/** Counts of one model, for its labels. */
export interface Counted {
  readonly name: string;
  readonly version: string;
  readonly counts: ModelCounts;
}

/** Answers of one status to requests for one model; the model is empty where none was found. */
export interface RequestCount {
  readonly model: string;
  readonly status: number;
  count: number;
}

/** Everything that is counted. Predictions are counted from predictors' events alone, requests when they have ended. */
export class Metrics {
  readonly runs = new ModelRuns();
  readonly #models = new Map<string, Counted>();
  readonly #requests = new Map<string, RequestCount>();
  readonly #latencies = new Map<string, Histogram>();

  /** A listener for predictors' events. */
  readonly read = (event: PredictorEvent, { name, version }: ModelDescription): void => {
    this.of(name, version).counts.read(event);
  };

  of(name: string, version: string): Counted {
    const id = `${name}\n${version}`;
    let counted = this.#models.get(id);
    if (counted === undefined) {
      counted = { name, version, counts: new ModelCounts() };
      this.#models.set(id, counted);
    }
    return counted;
  }

  get models(): readonly Counted[] {
    return [...this.#models.values()];
  }

  get requests(): readonly RequestCount[] {
    return [...this.#requests.values()];
  }

  /** How long answers took, by model. */
  get latencies(): ReadonlyMap<string, Histogram> {
    return this.#latencies;
  }

  /** Counts every request once it has its answer, or its client has gone away. */
  readonly answered: LastStep = (_request, reply, status) => {
    this.#answered(reply.modelName ?? '', status, reply.elapsedTime / 1000);
  };

  #answered(model: string, status: number, seconds: number): void {
    const id = `${status} ${model}`;
    const known = this.#requests.get(id);
    if (known === undefined) this.#requests.set(id, { model, status, count: 1 });
    else known.count++;
    if (model === '') return;
    let latencies = this.#latencies.get(model);
    if (latencies === undefined) {
      latencies = new Histogram();
      this.#latencies.set(model, latencies);
    }
    latencies.observe(seconds);
  }
}
