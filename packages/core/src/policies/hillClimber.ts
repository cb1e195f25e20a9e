/** How many requests for each slot of the capacity make a sample. */
const sampleFactor = 10;
/** A sample's least requests: the hit ratio of fewer is off by more than a step changes it. */
const leastSample = 10_000;
/** Bounds of the share. */
const leastShare = 0.01;
const mostShare = 0.8;
/** The first step, as a share of the capacity. */
const firstStep = 0.0625;
const stepDecay = 0.98;
/** A change of the hit ratio that starts the search anew with the first step. */
const restart = 0.05;

/**
 * Finds the window's share of the capacity by hill climbing: as long as the hit ratio gets better it goes on in the
 * same direction, else it turns round, with steps that get smaller. G. Einziger et al., "Adaptive software cache
 * management", Middleware 2018.
 */
export class HillClimber {
  #share: number;
  #step = firstStep;
  #hits = 0;
  #misses = 0;
  #previousRatio = 0;

  constructor(share: number) {
    this.#share = share;
  }

  /** The share of the capacity that is best for the window, as far as is known. */
  get share(): number {
    return this.#share;
  }

  hit(): void {
    this.#hits++;
  }

  miss(): void {
    this.#misses++;
  }

  /** Whether `share` has changed. Call it once a request, with the capacity in slots. */
  climb(capacity: number): boolean {
    const requests = this.#hits + this.#misses;
    if (requests < Math.max(leastSample, sampleFactor * capacity)) return false;
    const ratio = this.#hits / requests;
    const change = ratio - this.#previousRatio;
    const amount = change >= 0 ? this.#step : -this.#step;
    this.#step = Math.abs(change) >= restart ? firstStep * Math.sign(amount) : amount * stepDecay;
    this.#previousRatio = ratio;
    this.#hits = 0;
    this.#misses = 0;
    const share = Math.min(mostShare, Math.max(leastShare, this.#share + amount));
    const hasChanged = share !== this.#share;
    this.#share = share;
    return hasChanged;
  }
}
