import { granted, type Lost, type Message } from '../page/messages.js';

/** What the tabs of one profile have been given to write, and what they were told is stored. */
export class Ledger {
  #granted = 0;
  #epoch = 0;
  readonly #acknowledged = new Set<number>();
  readonly #evicted = new Set<string>();

  /** Numbers from 0 to below this may have been written; no others. */
  get upTo(): number {
    return this.#granted;
  }

  /** Grows with each `forgive`. */
  get epoch(): number {
    return this.#epoch;
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  /** The numbers that must be there, unless they were evicted. */
  get owed(): readonly number[] {
    return [...this.#acknowledged];
  }

  grant(): number {
    const from = this.#granted;
    this.#granted += granted;
    return from;
  }

  hear(message: Message): void {
    if (message.type === 'evicted') for (const key of message.keys) this.#evicted.add(key);
    if (message.type !== 'acknowledged' || message.epoch < this.#epoch) return;
    for (const number of message.numbers) this.#acknowledged.add(number);
  }

  /** Whether a tab said that it evicted this one, at any time: it may not be missed then. */
  wasEvicted({ key }: Lost): boolean {
    return this.#evicted.has(key);
  }

  /** What was written until now may be gone. Loads under way must be told of the new epoch: `Tab.forgive` does. */
  forgive(): void {
    this.#acknowledged.clear();
    this.#epoch++;
  }
}
