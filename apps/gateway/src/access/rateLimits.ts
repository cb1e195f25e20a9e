/** How much one client may ask. */
export interface RateLimit {
  /** Requests per second in the long run. */
  readonly perSecond: number;
  /**
   * Requests that may come at once after a pause.
   *
   * @default perSecond, at least 1
   */
  readonly burst?: number | undefined;
}

/** A token bucket for each client. */
export class RateLimits {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** @param now ms of a clock that never goes back */
  constructor({ perSecond, burst = Math.max(1, perSecond) }: RateLimit, now = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
  }

  /** Takes one request; gives the seconds until the next one may come where there is none left, else `undefined`. */
  take(client: string): number | undefined {
    const now = this.#now();
    const bucket = this.#buckets.get(client) ?? { tokens: this.#burst, at: now };
    this.#buckets.set(client, bucket);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#perSecond;
    bucket.tokens--;
    return undefined;
  }
}
