const firstPause = 1_000;
const longestPause = 60_000;

/**
 * Pauses after failures in a row, so that a broken storage costs nothing: none after the first, then 1 s, doubling
 * up to 60 s. One success ends it.
 */
export class BackOff {
  #failures = 0;
  #pausedUntil = 0;

  get isPaused(): boolean {
    return this.#failures > 1 && performance.now() < this.#pausedUntil;
  }

  failed(): void {
    this.#failures++;
    if (this.#failures < 2) return;
    const pause = Math.min(longestPause, firstPause * 2 ** (this.#failures - 2));
    this.#pausedUntil = performance.now() + pause;
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
