import type { WritePace } from './writePace.js';

interface Step {
  readonly run: () => Promise<void>;
  /** Whether it may be held back for more to join it. */
  readonly mayWait: boolean;
}

/** Runs the changes of the database in the order of the calls, one after another. */
export class ChangeQueue {
  readonly #pace: WritePace;
  readonly #steps: Step[] = [];
  #running: Promise<void> | undefined;
  #mayWait = true;

  constructor(pace: WritePace) {
    this.#pace = pace;
  }

  /** Settles as `run` does. @param mayWait whether it may be held back for more to join it */
  enqueue<T>(run: () => Promise<T>, mayWait = false): Promise<T> {
    // Whatever comes next must not wait for what is only being gathered.
    this.flush();
    return new Promise((resolve, reject) => {
      this.#steps.push({ run: () => run().then(resolve, reject), mayWait });
      this.#running ??= this.#run();
    });
  }

  /** Lets a step go that is being held back. */
  flush(): void {
    this.#pace.hurry();
  }

  /** Lets a step go that is being held back, and settles when nothing is left to do. */
  async idle(): Promise<void> {
    this.flush();
    while (this.#running !== undefined) await this.#running;
  }

  /** As `idle`; nothing is held back from now on. */
  finish(): Promise<void> {
    this.#mayWait = false;
    return this.idle();
  }

  async #run(): Promise<void> {
    // What the rest of this turn calls still joins.
    await Promise.resolve();
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      if (step.mayWait && this.#mayWait && this.#steps.length === 0) await this.#pace.turn();
      await step.run();
    }
    this.#running = undefined;
  }
}
