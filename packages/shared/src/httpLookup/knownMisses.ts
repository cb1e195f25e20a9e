/** So many are remembered; the oldest go first. */
const most = 10_000;

/** Keys that the server did not know a short while ago. */
export class KnownMisses {
  readonly #lifetime: number;
  /** When each is forgotten, on the clock of `performance.now`; in the order of that. */
  readonly #until = new Map<string, number>();

  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  has(key: string): boolean {
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.#until.delete(key);
    return false;
  }

  add(key: string): void {
    this.#until.delete(key);
    this.#until.set(key, performance.now() + this.#lifetime);
    if (this.#until.size <= most) return;
    const [oldest] = this.#until.keys();
    this.#until.delete(oldest!);
  }
}
