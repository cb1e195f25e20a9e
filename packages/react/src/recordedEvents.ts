import type { PredictorEvent } from '@predcache/core';

/** An event, and when it was heard. */
export interface RecordedEvent {
  /** Unique among all recorded events of the page, and rising: fit for a React `key`. */
  readonly id: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly event: PredictorEvent;
}

let lastId = 0;

/** The last events, the oldest first, never more than `limit`. */
export class RecordedEvents {
  readonly #limit: number;
  #events: RecordedEvent[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(event: PredictorEvent): void {
    if (this.#limit === 0) return;
    lastId++;
    this.#events.push({ id: lastId, at: Date.now(), event });
    // Cut at twice the limit: cutting at each event would move the whole list each time.
    if (this.#events.length >= 2 * this.#limit) this.#events = this.#events.slice(-this.#limit);
  }

  latest(): readonly RecordedEvent[] {
    return this.#events.slice(-this.#limit);
  }
}
