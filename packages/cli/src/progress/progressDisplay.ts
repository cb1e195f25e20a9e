import type { WarmProgress } from '../warm/warmOptions.js';
import { Pace } from './pace.js';
import { progressText } from './progressText.js';

/** What is written to; `process.stderr` is one. */
export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** ms between two pictures of the bar. */
const barInterval = 100;
/** ms between two lines where there is no terminal, as in the log of a build. */
const lineInterval = 10_000;

/** Shows how far it is: a bar in a terminal, else a line now and then. */
export class ProgressDisplay {
  readonly #target: ProgressTarget;
  readonly #now: () => number;
  readonly #pace = new Pace();
  #shownAt: number | undefined;
  #shown: WarmProgress | undefined;

  /** @param now gives ms */
  constructor(target: ProgressTarget, now: () => number = () => performance.now()) {
    this.#target = target;
    this.#now = now;
  }

  update(progress: WarmProgress): void {
    const time = this.#now();
    this.#pace.note(time, progress.inputs, progress.bytes);
    const interval = this.#target.isTTY === true ? barInterval : lineInterval;
    // The first line without a terminal comes after the first interval: short runs print none.
    this.#shownAt ??= this.#target.isTTY === true ? Number.NEGATIVE_INFINITY : time;
    if (time - this.#shownAt < interval) return;
    this.#shownAt = time;
    this.#show(progress);
  }

  /** Prints a line of its own; a bar moves below it. */
  note(text: string): void {
    this.#clear();
    this.#target.write(`${text}\n`);
    if (this.#shown !== undefined) this.#show(this.#shown);
  }

  /** Takes the bar away. */
  end(): void {
    this.#clear();
    this.#shown = undefined;
  }

  #show(progress: WarmProgress): void {
    if (this.#target.isTTY !== true) {
      this.#target.write(`${progressText(progress, this.#pace, false)}\n`);
      return;
    }
    // A line that is as wide as the terminal would wrap, and then not be overwritten.
    const text = progressText(progress, this.#pace, true).slice(0, (this.#target.columns || 80) - 1);
    this.#target.write(`\r\x1b[K${text}`);
    this.#shown = progress;
  }

  #clear(): void {
    if (this.#shown !== undefined) this.#target.write('\r\x1b[K');
  }
}
