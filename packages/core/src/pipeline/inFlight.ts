import { onAbort } from '../abortSignals.js';
import type { Priority } from '../engines/engine.js';
import { isMoreUrgent, type Work } from './work.js';

/** What a flight is for. */
export interface FlightSubject {
  /** Requests of the same key and group share it. */
  readonly key: string;
  readonly group: string;
  /** An `Entry.model`. */
  readonly model: string;
  /** Those of everybody who joined. */
  readonly tags: Set<string>;
  /** Tags that were invalidated since it began, if any. */
  invalidatedTags?: Set<string>;
  /** An invalidation has covered it: others are not to join, and what it finds or computes is not to be stored. */
  isOutdated: boolean;
}

/**
 * The in-flight table: identical requests at the same time share one computation. Each waits under its own signal,
 * and the computation's own signal aborts only when the last one has left, and not at all once it has begun.
 */
export class InFlight<Result> {
  /** Those that can be joined. */
  readonly #table = new Map<string, Flight<Result>>();
  /** Those whose computation has not come to its end, wanted or not, by key. */
  readonly #underWay = new Map<string, Set<Flight<Result>>>();
  #size = 0;

  /** Computations under way. */
  get size(): number {
    return this.#size;
  }

  /**
   * Somebody asks for a key with tags: what is under way for it will carry them. What began before one of the tags was
   * invalidated is outdated by that: its answer turns out to depend on it.
   */
  tag(key: string, tags: readonly string[]): void {
    for (const flight of this.#underWay.get(key) ?? []) flight.tag(tags);
  }

  /** The flight that is on its way for this key and group, to wait for. */
  find(key: string, group: string): Flight<Result> | undefined {
    return this.#table.get(nameOf(key, group));
  }

  /** Starts a flight: it computes until it first waits. Nobody waits for it yet: call `wait` before anything is awaited. */
  begin(
    subject: FlightSubject,
    priority: Priority,
    compute: (work: Flight<Result>) => Promise<Result>,
  ): Flight<Result> {
    const name = nameOf(subject.key, subject.group);
    const flight = new Flight<Result>({
      subject,
      priority,
      leaveTable: () => {
        if (this.#table.get(name) === flight) this.#table.delete(name);
      },
      onEnd: () => this.#ended(flight),
    });
    this.#began(flight);
    // What was outdated before it began is for the one who asked, alone.
    if (!subject.isOutdated) this.#table.set(name, flight);
    flight.start(compute);
    return flight;
  }

  /** Keeps what is under way from being joined and stored. */
  outdate(isMeant: (subject: FlightSubject) => boolean): void {
    for (const flights of this.#underWay.values())
      for (const flight of flights) if (isMeant(flight.subject)) flight.outdate();
  }

  /** Rejects everyone who waits, and stops the computations. */
  end(reason: unknown): void {
    for (const flights of [...this.#underWay.values()]) for (const flight of [...flights]) flight.end(reason);
  }

  #began(flight: Flight<Result>): void {
    this.#size++;
    const ofKey = this.#underWay.get(flight.subject.key);
    if (ofKey === undefined) this.#underWay.set(flight.subject.key, new Set([flight]));
    else ofKey.add(flight);
  }

  #ended(flight: Flight<Result>): void {
    const { key } = flight.subject;
    const ofKey = this.#underWay.get(key);
    if (ofKey?.delete(flight) !== true) return;
    this.#size--;
    if (ofKey.size === 0) this.#underWay.delete(key);
  }
}

function nameOf(key: string, group: string): string {
  return `${key} ${group}`;
}

interface FlightOptions {
  readonly subject: FlightSubject;
  readonly priority: Priority;
  readonly leaveTable: () => void;
  readonly onEnd: () => void;
}

/** One computation and those who wait for it. */
export class Flight<Result> implements Work {
  readonly subject: FlightSubject;
  readonly #result: Promise<Result>;
  readonly #leaveTable: () => void;
  #endCallbacks: Set<() => void> | undefined;
  #riseCallbacks: Set<() => void> | undefined;
  #controller: AbortController | undefined;
  #ended: { readonly reason: unknown } | undefined;
  readonly #onEnd: () => void;
  #priority: Priority;
  #resolve!: (result: Result) => void;
  #reject!: (reason: unknown) => void;
  #waiting = 0;
  #isClaimed = false;
  #hasBegun = false;
  /** Why the last one left. */
  #left: { readonly reason: unknown } | undefined;

  constructor({ subject, priority, leaveTable, onEnd }: FlightOptions) {
    this.subject = subject;
    this.#priority = priority;
    this.#leaveTable = leaveTable;
    this.#onEnd = onEnd;
    this.#result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Not in the constructor, so that the table knows the flight before any of the computation runs. */
  start(compute: (work: Flight<Result>) => Promise<Result>): void {
    const ended = () => {
      this.#leaveTable();
      this.#onEnd();
    };
    compute(this).then(
      (result) => {
        ended();
        this.#resolve(result);
      },
      (error: unknown) => {
        ended();
        this.#fail(error);
      },
    );
  }

  get ended(): { readonly reason: unknown } | undefined {
    return this.#ended;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason);
    return this.#controller.signal;
  }

  get priority(): Priority {
    return this.#priority;
  }

  /** Everybody who waited has left, and it goes on. */
  get isLeft(): boolean {
    return this.#left !== undefined;
  }

  /** Settles with the result, or rejects with the signal's reason as soon as it aborts. */
  wait(signal: AbortSignal | undefined, priority: Priority): Promise<Result> {
    this.#waiting++;
    this.#left = undefined;
    if (isMoreUrgent(priority, this.#priority)) this.#raise(priority);
    if (signal === undefined) return this.#result;
    return new Promise<Result>((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        this.#waiting--;
        if (this.#waiting === 0) this.#leftByAll(signal.reason);
      };
      // Aborted by the app's own encode, say: no event will come.
      if (signal.aborted) return leave();
      const stay = onAbort(signal, leave);
      this.#result.then(
        (result) => {
          stay();
          resolve(result);
        },
        (reason: unknown) => {
          stay();
          reject(reason);
        },
      );
    });
  }

  onEnd(callback: () => void): () => void {
    this.#endCallbacks ??= new Set();
    this.#endCallbacks.add(callback);
    return () => void this.#endCallbacks?.delete(callback);
  }

  onRise(callback: () => void): () => void {
    this.#riseCallbacks ??= new Set();
    this.#riseCallbacks.add(callback);
    return () => void this.#riseCallbacks?.delete(callback);
  }

  begun(): void {
    this.#hasBegun = true;
  }

  failed(): void {
    this.#hasBegun = false;
    if (this.#left !== undefined) this.end(this.#left.reason);
  }

  /** True for the first one who asks. */
  claim(): boolean {
    if (this.#isClaimed) return false;
    this.#isClaimed = true;
    return true;
  }

  tag(tags: readonly string[]): void {
    const { subject } = this;
    for (const tag of tags) {
      subject.tags.add(tag);
      if (subject.invalidatedTags?.has(tag) === true) this.outdate();
    }
  }

  outdate(): void {
    this.subject.isOutdated = true;
    this.#leaveTable();
  }

  /** Off the table at once: whoever asks from now on must not be handed a computation that is being stopped. */
  end(reason: unknown): void {
    this.#leaveTable();
    this.#fail(reason);
    if (this.#ended !== undefined) return;
    this.#ended = { reason };
    for (const callback of [...(this.#endCallbacks ?? [])]) callback();
    this.#controller?.abort(reason);
  }

  #fail(reason: unknown): void {
    // Everyone who waits hears of a failure; when all have left, nobody needs to.
    this.#result.catch(() => {});
    this.#reject(reason);
  }

  #raise(priority: Priority): void {
    this.#priority = priority;
    for (const callback of [...(this.#riseCallbacks ?? [])]) callback();
  }

  #leftByAll(reason: unknown): void {
    this.#left = { reason };
    if (!this.#hasBegun) this.end(reason);
  }
}
