/** One who waits for an answer to a key. */
export class Hearing<Result> {
  readonly #accept: (value: unknown) => Result | undefined;
  readonly #onHeard: () => void;
  #value: Result | undefined;
  #isOutdated = false;

  constructor(accept: (value: unknown) => Result | undefined, onHeard: () => void) {
    this.#accept = accept;
    this.#onHeard = onHeard;
  }

  /** The first answer that was acceptable. */
  get value(): Result | undefined {
    return this.#value;
  }

  /** Whether what was heard has become outdated before it was used. */
  get isOutdated(): boolean {
    return this.#isOutdated;
  }

  forget(): void {
    if (this.#value === undefined) return;
    this.#value = undefined;
    this.#isOutdated = true;
  }

  hear(value: unknown): void {
    if (this.#value !== undefined || this.#isOutdated) return;
    try {
      this.#value = this.#accept(value);
    } catch {
      // Not what was hoped for: as if it had not been said.
    }
    if (this.#value !== undefined) this.#onHeard();
  }
}

/** Those who wait, by key. */
export class Hearings {
  readonly #byKey = new Map<string, Set<Hearing<unknown>>>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  add(key: string, hearing: Hearing<unknown>): void {
    const those = this.#byKey.get(key);
    if (those === undefined) this.#byKey.set(key, new Set([hearing]));
    else those.add(hearing);
  }

  delete(key: string, hearing: Hearing<unknown>): void {
    const those = this.#byKey.get(key);
    if (those?.delete(hearing) && those.size === 0) this.#byKey.delete(key);
  }

  forget(): void {
    for (const those of this.#byKey.values()) for (const each of those) each.forget();
  }

  hear(key: string, value: unknown): void {
    for (const each of [...(this.#byKey.get(key) ?? [])]) each.hear(value);
  }
}
