/** What is to be ended at some time. */
export interface Due {
  /** By `performance.now()`, in ms. */
  readonly at: number;
  expire(): void;
}

/**
 * One timer for all that must end in time. Nearly everything ends long before: to set a timer for each, and take it back,
 * would cost a look-up 4 % of its time. So the timer stays, and looks for what is late when it fires.
 */
export class Alarm {
  readonly #pending = new Set<Due>();
  #ringsAt = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  add(due: Due): void {
    this.#pending.add(due);
    if (due.at < this.#ringsAt) this.#set(due.at);
  }

  remove(due: Due): void {
    this.#pending.delete(due);
  }

  #set(at: number): void {
    clearTimeout(this.#timer);
    this.#ringsAt = at;
    this.#timer = setTimeout(() => this.#ring(), at - performance.now());
    // In Node, a timer that nothing may need any more would keep the process from ending.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #ring(): void {
    this.#ringsAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const due of this.#pending) {
      if (due.at > now) next = Math.min(next, due.at);
      else {
        this.#pending.delete(due);
        due.expire();
      }
    }
    if (next < this.#ringsAt) this.#set(next);
  }
}
