interface Loading {
  calls: number;
  isLeft: boolean;
}

/** What the page knows of the models in its workers. */
export class ModelStates {
  readonly #loading = new Map<string, Loading>();
  readonly #ready = new Set<string>();

  isReady(identity: string): boolean {
    return this.#ready.has(identity);
  }

  isLoading(identity: string): boolean {
    return this.#loading.has(identity);
  }

  /** Follows a call that loads the model if need be: where it succeeds, the model stands in a worker. */
  async follow<T>(identity: string, call: Promise<T>): Promise<T> {
    const loading = this.#loading.get(identity) ?? { calls: 0, isLeft: false };
    loading.calls += 1;
    this.#loading.set(identity, loading);
    try {
      const result = await call;
      if (!loading.isLeft) this.#ready.add(identity);
      return result;
    } finally {
      loading.calls -= 1;
      if (loading.calls === 0 && this.#loading.get(identity) === loading) this.#loading.delete(identity);
    }
  }

  /** Workers are asked to let go of the model: calls that end from now on do not tell that it stands. */
  leave(identity: string): void {
    this.forget(identity);
    const loading = this.#loading.get(identity);
    if (loading !== undefined) loading.isLeft = true;
    this.#loading.delete(identity);
  }

  /** No worker has the model any more; without one named, no worker has any. */
  forget(identity?: string): void {
    if (identity === undefined) this.#ready.clear();
    else this.#ready.delete(identity);
  }
}
