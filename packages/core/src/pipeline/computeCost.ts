/** Weight of the newest computation. */
const weight = 1 / 16;

/** Learns what computing takes, in ms. */
export class ComputeCost {
  #mean: number | undefined;

  /** `undefined` before the first computation: the model may have to be loaded first, so it counts as dear. */
  get mean(): number | undefined {
    return this.#mean;
  }

  computed(cost: number): void {
    this.#mean = this.#mean === undefined ? cost : this.#mean + (cost - this.#mean) * weight;
  }
}
