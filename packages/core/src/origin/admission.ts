import { isPredcacheError, PredcacheError } from '../errors/predcacheError.js';
import type { OutboxStore, OutboxUsage } from './outboxStore.js';

interface Waiting {
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const mostAtOnce = 100;
/** What waits for the store to take it is in memory only, and has to be bounded as well. */
const longestQueue = 10_000;

/**
 * Appends to the store in the order of the calls: one `append` at a time, since one that is tried again must not be
 * overtaken, and what has come meanwhile together in the next.
 */
export class Admission {
  readonly #store: OutboxStore;
  readonly #onAppended: (usage: OutboxUsage) => void;
  #queue: Waiting[] = [];
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;

  constructor(store: OutboxStore, onAppended: (usage: OutboxUsage) => void) {
    this.#store = store;
    this.#onAppended = onAppended;
  }

  /** Settles once the record is durable, or rejects as `append` does. */
  append(record: Uint8Array): Promise<void> {
    if (this.#queue.length >= longestQueue) return Promise.reject(queueError());
    return new Promise((resolve, reject) => {
      this.#queue.push({ record, resolve, reject });
      if (!this.#isWorking) this.#working = this.#work();
    });
  }

  /** Settles when nothing waits any longer. */
  idle(): Promise<void> {
    return this.#working;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    // What one turn puts goes together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, mostAtOnce);
      if (await this.#appendAll(batch)) continue;
      // Not for all of them, but for some there may be room.
      for (const each of batch) await this.#appendAll([each]);
    }
    // In the turn in which the queue was seen to be empty.
    this.#isWorking = false;
  }

  /** Gives false, with nothing settled, when several are too much but one may not be. */
  async #appendAll(batch: readonly Waiting[]): Promise<boolean> {
    try {
      const usage = await this.#store.append(batch.map(({ record }) => record));
      for (const { resolve } of batch) resolve();
      this.#onAppended(usage);
    } catch (error) {
      if (batch.length > 1 && isPredcacheError(error) && error.code === 'OUTBOX_FULL') return false;
      for (const { reject } of batch) reject(error);
    }
    return true;
  }
}

function queueError(): PredcacheError {
  return new PredcacheError({
    code: 'OUTBOX_FULL',
    what: `${longestQueue} writes wait for the storage already`,
    where: 'outbox',
    hint: 'Await each put, or several together, before the next ones',
  });
}
