const capacity = 10;
const earned = 0.1;

/**
 * A bucket of tokens for one origin: each retry or hedge takes one, each answer gives a tenth. A server in trouble is
 * asked a tenth more often at most, however many calls fail.
 */
export class RetryBudget {
  #tokens = capacity;

  earn(): void {
    this.#tokens = Math.min(capacity, this.#tokens + earned);
  }

  /** Whether there was a token to take. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
