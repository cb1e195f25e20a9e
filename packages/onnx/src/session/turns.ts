import { nextTask } from '@predcache/core';

/** ms of computing after which messages, an abort among them, and other models get a turn. */
export const turnLength = 50;

/** Divides one call's computing into turns. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #began: number | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /**
   * To be called before each run of the runtime. Rejects with the signal's reason.
   *
   * @param expected ms that the run will take
   */
  async beforeRun(expected: number): Promise<void> {
    const now = performance.now();
    this.#began ??= now;
    // A run that is longer than a turn by itself has it for itself.
    if (now === this.#began || now - this.#began + expected <= turnLength) return;
    await nextTask();
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
