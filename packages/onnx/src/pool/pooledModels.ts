import type { ModelArgument } from '../session/methods.js';
import { modelIdentity } from '../session/modelReference.js';
import { PooledModel } from './pooledModel.js';

/** The models that a pool has anything of, one object each. */
export class PooledModels {
  readonly #known = new Map<string, PooledModel>();
  #latest: PooledModel | undefined;

  of(argument: ModelArgument): PooledModel {
    // The same object nearly always.
    const latest = this.#latest;
    if (latest?.argument.model === argument.model && this.#isKnown(latest)) return latest;
    const identity = modelIdentity(argument.model);
    const model = this.#known.get(identity) ?? new PooledModel(identity, argument);
    this.#known.set(identity, model);
    this.#latest = model;
    return model;
  }

  all(): Iterable<PooledModel> {
    return this.#known.values();
  }

  forget(model: PooledModel): void {
    // Forgotten before, it may be another one by now.
    if (this.#isKnown(model)) this.#known.delete(model.identity);
  }

  #isKnown(model: PooledModel): boolean {
    return this.#known.get(model.identity) === model;
  }
}
