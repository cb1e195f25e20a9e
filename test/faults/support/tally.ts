import type { Progress, Verification } from '../page/messages.js';
import type { Timed } from '../page/watch.js';

/** ms within which every promise must settle. */
const usualLimit = 3_000;
/** How many of many are named in a complaint. */
const named = 5;

/** What came of one scenario. Whatever must not be is a violation, said in a sentence. */
export class Tally {
  runs = 0;
  answers = 0;
  wrong = 0;
  failed = 0;
  acknowledged = 0;
  lost = 0;
  /** How often the tier's account of itself was not what it held. */
  miscounted = 0;
  /** How often the browser lost what it had stored, rows that were stored without the library included. */
  emptied = 0;
  slowest: Timed = { what: 'none', time: 0 };
  readonly violations: string[] = [];
  readonly #notes = new Map<string, number>();
  readonly #tierErrors = new Map<string, number>();

  /** Enters what a tab did in its whole life. `settleLimit`: ms within which every promise must settle. */
  add(progress: Progress, when: string, settleLimit = usualLimit): void {
    const { answers, wrong, failed, slowest, unsettled, tierErrors, complaint } = progress;
    this.answers += answers;
    this.wrong += wrong;
    this.failed += failed;
    if (slowest.time > this.slowest.time) this.slowest = slowest;
    for (const [error, count] of Object.entries(tierErrors)) increase(this.#tierErrors, error, count);
    if (wrong > 0) this.violated(`${when}: ${wrong} wrong, first: ${complaint}`);
    if (failed > 0) this.violated(`${when}: ${failed} failed, first: ${complaint}`);
    if (unsettled.length > 0) {
      this.violated(`${when}: ${unsettled.length} never settled, first: ${said(unsettled[0]!)}`);
    } else if (slowest.time > settleLimit) this.violated(`${when}: it took too long: ${said(slowest)}`);
  }

  /** Enters what a look at everything showed. */
  verified(verification: Verification, when: string): void {
    const { progress, usage, found, lost } = verification;
    this.add(progress, when);
    this.lost += lost.length;
    if (lost.length > 0) {
      const numbers = lost.slice(0, named).map(({ number }) => number);
      this.violated(`${when}: ${lost.length} acknowledged entries lost, numbers ${numbers.join(', ')} first`);
    }
    if (usage.entries !== found.entries || usage.bytes !== found.bytes) {
      this.miscounted++;
      this.violated(
        `${when}: usage() gives ${usage.entries} entries of ${usage.bytes} bytes, ` +
          `there are ${found.entries} of ${found.bytes}`,
      );
    }
  }

  note(what: string): void {
    increase(this.#notes, what, 1);
  }

  violated(what: string): void {
    this.violations.push(what);
  }

  /** Those that came more than once with their number. */
  get notes(): readonly string[] {
    return [...this.#notes].map(([note, times]) => (times > 1 ? `${note} ×${times}` : note));
  }

  /** What the tier reported, and how often. */
  get tierErrors(): string {
    return [...this.#tierErrors].map(([error, times]) => `${error} ×${times}`).join(', ');
  }
}

function increase(counts: Map<string, number>, what: string, by: number): void {
  counts.set(what, (counts.get(what) ?? 0) + by);
}

function said({ what, time }: Timed): string {
  return `${what}, ${Math.round(time)} ms`;
}
