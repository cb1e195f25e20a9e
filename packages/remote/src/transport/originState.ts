import { type BreakerOptions, CircuitBreaker } from './circuitBreaker.js';
import { Latencies } from './latencies.js';
import { RetryBudget } from './retryBudget.js';

/** What an engine has learnt of one origin. */
export interface OriginState {
  readonly origin: string;
  readonly breaker: CircuitBreaker;
  readonly budget: RetryBudget;
  readonly latencies: Latencies;
}

/** One state for each origin, so that one server's troubles are not another one's. */
export class OriginStates {
  readonly #states = new Map<string, OriginState>();
  readonly #breaker: BreakerOptions;

  constructor(breaker: BreakerOptions) {
    this.#breaker = breaker;
  }

  of(url: string): OriginState {
    const { origin } = new URL(url);
    let state = this.#states.get(origin);
    if (state === undefined) {
      const breaker = new CircuitBreaker(this.#breaker);
      state = { origin, breaker, budget: new RetryBudget(), latencies: new Latencies() };
      this.#states.set(origin, state);
    }
    return state;
  }
}
