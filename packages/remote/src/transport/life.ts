/**
 * What is under way, so that it can be ended at once. Not an AbortSignal: Node warns of a leak at the eleventh listener
 * of one, which is the eleventh concurrent call.
 */
export class Life {
  readonly #stops = new Set<(reason: unknown) => void>();
  #end: { readonly reason: unknown } | undefined;

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  throwIfOver(): void {
    if (this.#end !== undefined) throw this.#end.reason;
  }

  /** Calls `stop` when the life ends, until the returned function is called. */
  onEnd(stop: (reason: unknown) => void): () => void {
    this.#stops.add(stop);
    return () => this.#stops.delete(stop);
  }

  end(reason: unknown): void {
    this.#end = { reason };
    for (const stop of this.#stops) stop(reason);
    this.#stops.clear();
  }
}
