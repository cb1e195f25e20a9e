/** What the page knows of the models in its worker. */
export class ModelStates {
  readonly #loading = new Map<string, number>();
  readonly #ready = new Set<string>();

  isReady(identity: string): boolean {
    return this.#ready.has(identity);
  }

  isLoading(identity: string): boolean {
    return this.#loading.has(identity);
  }

  /** Follows a call that loads the model if need be: where it succeeds, the model stands in the worker. */
  async follow<T>(identity: string, call: Promise<T>): Promise<T> {
    if (this.#ready.has(identity)) return call;
    this.#loading.set(identity, (this.#loading.get(identity) ?? 0) + 1);
    try {
      const result = await call;
      this.#ready.add(identity);
      return result;
    } finally {
      const others = (this.#loading.get(identity) ?? 1) - 1;
      if (others > 0) this.#loading.set(identity, others);
      else this.#loading.delete(identity);
    }
  }

  /** The worker has ended, and all models with it. */
  clear(): void {
    this.#ready.clear();
  }
}
