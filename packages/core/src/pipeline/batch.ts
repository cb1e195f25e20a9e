import type { Priority } from '../engines/engine.js';
import { payloadSize } from '../entrySize.js';
import type { Payload } from '../payload.js';
import type { Queued } from './computeQueue.js';
import { isMoreUrgent, type Work } from './work.js';

/** What an engine made of one input. */
export interface Computed {
  readonly outputs: Payload;
  readonly backend: string;
  /** ms, loading not counted where the engine can tell. */
  readonly cost: number;
  readonly isDeterministic: boolean;
}

/** What to compute on. */
export interface Subject {
  /** Gives the same each time. */
  readonly payload: () => Payload;
  /** Whether its buffers may be taken away: then each `payload` is another copy. */
  readonly mayTransfer: boolean;
}

/** An input on its way to an engine, and who waits for what comes of it. */
export class BatchItem implements Queued {
  readonly work: Work;
  readonly size: number;
  /** Settles once, whatever comes later. */
  readonly result: Promise<Computed>;
  /** The one it is computed in. */
  batch: Batch | undefined;
  readonly #subject: Subject;
  #next: Payload | undefined;
  #resolve!: (computed: Computed) => void;
  #reject!: (reason: unknown) => void;
  #stopHearing: (() => void) | undefined;

  constructor(subject: Subject, work: Work) {
    this.work = work;
    this.#subject = subject;
    this.#next = subject.payload();
    this.size = payloadSize(this.#next);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get priority(): Priority {
    return this.work.priority;
  }

  get mayTransfer(): boolean {
    return this.#subject.mayTransfer;
  }

  payload(): Payload {
    const payload = this.#next ?? this.#subject.payload();
    if (this.mayTransfer) this.#next = undefined;
    return payload;
  }

  /** Heeds the work's end and what is said of its priority, until it has settled: the work may outlive it by far. */
  hear(callbacks: { readonly onEnd: () => void; readonly onRise: () => void }): void {
    const stopHearing = this.work.onEnd(callbacks.onEnd);
    if (this.priority === 'user') {
      this.#stopHearing = stopHearing;
      return;
    }
    const stopHearingOfRises = this.work.onRise(callbacks.onRise);
    this.#stopHearing = () => {
      stopHearing();
      stopHearingOfRises();
    };
  }

  resolve(computed: Computed): void {
    this.#stopHearing?.();
    this.#resolve(computed);
  }

  reject(reason: unknown): void {
    this.#stopHearing?.();
    this.#reject(reason);
  }
}

/** Inputs that an engine is given together. Wanted until all of them have ended. */
export class Batch {
  readonly items: readonly BatchItem[];
  readonly mayTransfer: boolean;
  readonly #controller = new AbortController();
  #wanted: number;
  #onAbandoned: ((reason: unknown) => void) | undefined;

  /** @param mayTransfer default: where all items allow it */
  constructor(items: readonly BatchItem[], { mayTransfer = allMayBeTransferred(items) } = {}) {
    this.items = items;
    this.mayTransfer = mayTransfer;
    this.#wanted = items.length;
    for (const item of items) item.batch = this;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get priority(): Priority {
    return this.items.reduce<Priority>(
      (most, { priority }) => (isMoreUrgent(priority, most) ? priority : most),
      'background',
    );
  }

  begun = (): void => {
    for (const { work } of this.items) work.begun();
  };

  failed(): void {
    for (const { work } of this.items) work.failed();
  }

  /** One of its items has ended. */
  left(reason: unknown): void {
    this.#wanted--;
    if (this.#wanted > 0) return;
    this.#controller.abort(reason);
    this.#onAbandoned?.(reason);
  }

  /** What a run of it comes to, or a rejection as soon as nobody wants it, whatever the engine does then. */
  settle<Result>(run: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#onAbandoned = reject;
      // While the run was being begun.
      if (this.signal.aborted) reject(this.signal.reason);
      run.then(resolve, reject);
    });
  }
}

function allMayBeTransferred(items: readonly BatchItem[]): boolean {
  return items.every((item) => item.mayTransfer);
}
