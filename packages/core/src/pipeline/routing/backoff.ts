import { now } from '../../clock.js';

const firstPause = 1_000;
const longestPause = 60_000;

/**
 * How long something that fails is left alone: 1 s, then twice as long with each failure in a row, up to a minute. After
 * each pause one request tries whether it works again; the others stay away until that is known, or as long again.
 */
export class Backoff {
  #failures = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  /** Whether it is left alone at this moment. */
  get isResting(): boolean {
    return now() < this.#until;
  }

  /** Whether the caller may try. The first one after a pause may, and keeps the others away. */
  mayTry(): boolean {
    if (this.isResting) return false;
    if (this.#failures > 0) this.#until = now() + this.#pause;
    return true;
  }

  succeeded(): void {
    this.end();
  }

  /** @param begunAt when it was tried: what was under way together counts once */
  failed(begunAt: number): void {
    if (begunAt <= this.#failedAt) return;
    this.#failures++;
    this.#failedAt = now();
    this.#until = this.#failedAt + this.#pause;
  }

  /** Something says that it may work again. */
  end(): void {
    this.#failures = 0;
    this.#until = Number.NEGATIVE_INFINITY;
  }

  get #pause(): number {
    return Math.min(firstPause * 2 ** (this.#failures - 1), longestPause);
  }
}
