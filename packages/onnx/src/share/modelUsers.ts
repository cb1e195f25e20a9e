import { type ModelReference, modelIdentity } from '../session/modelReference.js';

/** Which tabs use which models: one that is used by any of them is not to be unloaded for another. */
export class ModelUsers {
  readonly #models = new Map<string, { readonly model: ModelReference; readonly tabs: Set<string> }>();

  uses(tab: string, model: ModelReference): void {
    const identity = modelIdentity(model);
    const known = this.#models.get(identity);
    if (known === undefined) this.#models.set(identity, { model, tabs: new Set([tab]) });
    else known.tabs.add(tab);
  }

  /** Whether nobody uses the model now. */
  leaves(tab: string, model: ModelReference): boolean {
    const identity = modelIdentity(model);
    const known = this.#models.get(identity);
    known?.tabs.delete(tab);
    if (known !== undefined && known.tabs.size > 0) return false;
    this.#models.delete(identity);
    return true;
  }

  /** The tab has gone. Gives the models that nobody uses now. */
  gone(tab: string): ModelReference[] {
    const those = [...this.#models.values()].filter(({ tabs }) => tabs.has(tab));
    return those.map(({ model }) => model).filter((model) => this.leaves(tab, model));
  }
}
