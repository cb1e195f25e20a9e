export interface BreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /** ms that it stays open before one call is let through. */
  readonly coolDown: number;
}

export type CircuitState = 'closed' | 'open' | 'half-open';

/** What a let-through try does at its end, with how it went. `unknown`: it was given up, which says nothing. */
export type Verdict = 'works' | 'fails' | 'unknown';

/**
 * Spares a server that fails, and its callers the wait: after some failures in a row nothing is sent for a while, then one
 * try, which decides.
 */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  #openedAt: number | undefined;
  #isTrying = false;
  #reason: unknown;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get state(): CircuitState {
    if (this.#openedAt === undefined) return 'closed';
    return this.opensIn === 0 ? 'half-open' : 'open';
  }

  /** ms until a try is let through; 0 where one is now. */
  get opensIn(): number {
    if (this.#openedAt === undefined) return 0;
    return Math.max(0, this.#openedAt + this.#options.coolDown - performance.now());
  }

  /** The last failure. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Lets a try through, or gives `undefined`. What it gives is to be told once how the try went. */
  enter(): ((verdict: Verdict, reason?: unknown) => void) | undefined {
    const { state } = this;
    if (state === 'open' || (state === 'half-open' && this.#isTrying)) return undefined;
    const isTrial = state === 'half-open';
    if (isTrial) this.#isTrying = true;
    return (verdict, reason) => {
      if (isTrial) this.#isTrying = false;
      if (verdict === 'works') this.#close();
      else if (verdict === 'fails') this.#failed(isTrial, reason);
    };
  }

  #close(): void {
    this.#failures = 0;
    this.#openedAt = undefined;
    this.#reason = undefined;
  }

  #failed(isTrial: boolean, reason: unknown): void {
    this.#failures++;
    this.#reason = reason;
    // Those that were under way when it opened are no reason to keep it open longer.
    const mayOpen = isTrial || (this.#openedAt === undefined && this.#failures >= this.#options.failures);
    if (mayOpen) this.#openedAt = performance.now();
  }
}
