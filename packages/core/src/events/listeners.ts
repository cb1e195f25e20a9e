/** A set of listeners. One that throws is the app's fault: it is reported as uncaught, and the others still hear. */
export class Listeners<Event> {
  // Replaced, never changed, so that a listener may come or go while an event is being reported.
  #listeners: readonly ((event: Event) => void)[] = [];

  /** Lets the reporter save itself the making of an event. */
  get isEmpty(): boolean {
    return this.#listeners.length === 0;
  }

  add(listener: (event: Event) => void): () => void {
    // Wrapped, so that the same function added twice can be removed once.
    const added = (event: Event) => listener(event);
    this.#listeners = [...this.#listeners, added];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== added);
    };
  }

  report(event: Event): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  clear(): void {
    this.#listeners = [];
  }
}

function reportUncaught(error: unknown): void {
  // Node has no reportError; an error thrown in a microtask ends up in the same place.
  if (typeof reportError === 'function') reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
