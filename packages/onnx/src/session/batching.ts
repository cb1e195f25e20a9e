import type { ModelSignature } from '@predcache/core';
import { seemsBatched, takesMoreRows } from './signature.js';

/** Comparisons of items computed together with the same ones computed alone, before a model is trusted. */
const trials = 3;

/**
 * Whether a model's items may be computed together. What its dims say is only tried at first: models exist whose rows
 * depend on each other all the same, such as those with dynamically quantised weights, and ones that had their batch
 * size fixed inside when they were exported.
 */
export class Batching {
  readonly #takesMoreRows: boolean;
  readonly #seemsBatched: boolean;
  #trialsLeft = trials;
  #isRefuted = false;

  constructor(signature: Omit<ModelSignature, 'isBatched'>) {
    this.#takesMoreRows = takesMoreRows(signature);
    this.#seemsBatched = seemsBatched(signature);
  }

  /** @param setting what the app says of it; `undefined` leaves it to the model's dims */
  isAllowed(setting: boolean | undefined): boolean {
    if (this.#isRefuted || setting === false) return false;
    return setting === true ? this.#takesMoreRows : this.#seemsBatched;
  }

  /** Whether the next items computed together must be compared with the same ones computed alone. */
  needsTrial(setting: boolean | undefined): boolean {
    return setting !== true && this.#trialsLeft > 0;
  }

  noteAgreement(): void {
    this.#trialsLeft -= 1;
  }

  /** From now on every item is computed alone. */
  refute(): void {
    this.#isRefuted = true;
  }
}
