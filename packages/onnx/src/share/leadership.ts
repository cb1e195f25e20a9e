import type { LockOptions, Locks } from './surroundings.js';

export interface LeadershipOptions {
  readonly locks: Locks;
  /** Of the lock that the leader holds. */
  readonly name: string;
  readonly onLeading: () => void;
  /** Another tab has taken over: this one seemed to have hung. */
  readonly onDeposed: () => void;
  /** There is no lock to be had here: a sandboxed frame, for instance. */
  readonly onRefused: () => void;
}

/** A place in the queue of those who are to lead, and then the lead itself. */
export class Leadership {
  readonly #options: LeadershipOptions;
  #request: LeadRequest | undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** Leads as soon as nobody else does. */
  queue(): void {
    const place = new AbortController();
    this.#ask({ signal: place.signal }, () => place.abort());
  }

  /** Leads now, whoever did. */
  takeOver(): void {
    this.end();
    this.#ask({ steal: true }, () => {});
  }

  /** Gives up the place or the lead. */
  end(): void {
    this.#request?.end();
    this.#request = undefined;
  }

  #ask(options: LockOptions, leaveQueue: () => void): void {
    const { locks, name, onLeading, onDeposed, onRefused } = this.#options;
    const request = new LeadRequest(leaveQueue);
    this.#request = request;
    const hold = () => {
      if (request.isOver) return undefined;
      const held = request.hold();
      onLeading();
      return held;
    };
    locks.request(name, options, hold).catch(() => {
      if (request.isOver) return;
      this.#request = undefined;
      if (request.isHeld) onDeposed();
      else onRefused();
    });
  }
}

class LeadRequest {
  readonly #leaveQueue: () => void;
  #release: (() => void) | undefined;
  #isOver = false;

  constructor(leaveQueue: () => void) {
    this.#leaveQueue = leaveQueue;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  end(): void {
    this.#isOver = true;
    this.#leaveQueue();
    this.#release?.();
  }
}
