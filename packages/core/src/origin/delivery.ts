import type { PredcacheError } from '../errors/predcacheError.js';
import { callOrigin } from './callOrigin.js';
import { FailingKeys } from './failingKeys.js';
import type { Origin } from './origin.js';
import type { OutboxEvent } from './outboxEvents.js';
import type { OutboxRecord, OutboxStore, OutboxUsage } from './outboxStore.js';
import { type Item, Retries } from './retries.js';
import { decodeWrite } from './writeRecord.js';

export interface DeliveryOptions {
  readonly store: OutboxStore;
  readonly origin: Origin;
  /** Writes in a call of the origin, at most. */
  readonly batchSize: number;
  /** ms that a call of the origin has. */
  readonly timeout: number;
  readonly report: (event: OutboxEvent) => void;
  /** Something was delivered, refused, or could not be delivered. */
  readonly onChanged: (usage: OutboxUsage | undefined) => void;
}

export interface PassOptions {
  /** Whether writes of keys that are held back are tried at once. */
  readonly isForced: boolean;
  readonly signal: AbortSignal;
}

/** Brings what is in the store to the origin, in order, a pass at a time. Two passes at once would mix up the order. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #failing = new FailingKeys();
  /** Writes in the next call at most: one after a failure, so that one that fails alone is found; then twice as many each. */
  #limit: number;
  /** What the origin is done with, until the store has removed it. */
  #done: readonly OutboxRecord[] = [];
  #delivered = 0;
  #failed = 0;
  #refused = 0;
  #lastError: PredcacheError | undefined;
  #failuresInRow = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#limit = options.batchSize;
  }

  get counts() {
    return {
      delivered: this.#delivered,
      failed: this.#failed,
      refused: this.#refused,
      lastError: this.#lastError,
    };
  }

  /** Calls of the origin that failed since the last one that it answered. */
  get failuresInRow(): number {
    return this.#failuresInRow;
  }

  /** When the next key that is held back is to be tried, on the clock of `now`; `Infinity` for none. */
  get nextDue(): number {
    return this.#failing.nextDue;
  }

  /**
   * Sends all that is there, and then what has failed before, as far as that is due. Ends early with the first call that
   * fails: the origin may be down.
   *
   * @returns whether it came to the end of what has not failed before
   * @throws {PredcacheError} `STORAGE_…` from the store; the signal's reason.
   */
  async pass({ isForced, signal }: PassOptions): Promise<boolean> {
    const { store, batchSize } = this.#options;
    if (this.#done.length > 0) await this.#remove(this.#done);
    const retries = new Retries(this.#failing.due({ isForced }));
    const seen = new Set<string>();
    for (let after = 0; ; ) {
      signal.throwIfAborted();
      const records = await store.read({ after, count: batchSize });
      const last = records.at(-1);
      if (last === undefined) break;
      after = last.id;
      const items = await this.#read(records);
      for (const item of items) {
        seen.add(item.write.entry.key);
        retries.add(item);
      }
      const healthy = items.filter(({ write }) => !this.#failing.has(write.entry.key));
      if (!(await this.#sendAll(healthy, signal))) return false;
    }
    this.#failing.keepOnly(seen);
    for (const items of retries.byKey) {
      // Several at once can fail here, too, once their first one was taken.
      if (!(await this.#sendAll(items, signal))) return this.#failuresInRow === 0;
    }
    return true;
  }

  /** Whether to go on. */
  async #sendAll(items: readonly Item[], signal: AbortSignal): Promise<boolean> {
    for (let from = 0; from < items.length; ) {
      // A write whose key has failed alone goes alone again, so that it fails nobody else.
      const count = this.#failing.has(items[from]!.write.entry.key) ? 1 : this.#limit;
      if (!(await this.#send(items.slice(from, from + count), signal))) return false;
      from += count;
    }
    return true;
  }

  /** Whether to go on. */
  async #send(batch: readonly Item[], signal: AbortSignal): Promise<boolean> {
    const { origin, timeout, batchSize, onChanged } = this.#options;
    const outcome = await callOrigin(
      batch.map(({ write }) => write),
      { origin, timeout, signal },
    );
    if (outcome.kind === 'failed') {
      const [{ write }] = batch as readonly [Item];
      this.#failed++;
      this.#lastError = outcome.error;
      // One that has failed before says nothing of the others.
      if (!this.#failing.has(write.entry.key)) {
        this.#failuresInRow++;
        this.#limit = 1;
      }
      if (batch.length === 1) this.#failing.failed(write.entry.key);
      onChanged(undefined);
      return false;
    }
    this.#failuresInRow = 0;
    if (outcome.kind === 'refused') return this.#refuse(batch, outcome.error, signal);
    this.#limit = Math.min(batchSize, this.#limit * 2);
    this.#delivered += batch.length;
    this.#lastError = undefined;
    await this.#finish(batch);
    return true;
  }

  async #refuse(batch: readonly Item[], error: PredcacheError, signal: AbortSignal): Promise<boolean> {
    this.#failed++;
    this.#lastError = error;
    if (batch.length > 1) {
      // Halves: one that is refused among 50 is found in a dozen calls.
      const middle = Math.ceil(batch.length / 2);
      const goesOn = await this.#send(batch.slice(0, middle), signal);
      return goesOn && this.#send(batch.slice(middle), signal);
    }
    const { idempotencyKey, entry } = batch[0]!.write;
    this.#refused++;
    this.#options.report({ type: 'origin-refused', entry, idempotencyKey, error });
    await this.#finish(batch);
    return true;
  }

  #finish(batch: readonly Item[]): Promise<void> {
    for (const { write } of batch) this.#failing.succeeded(write.entry.key);
    return this.#remove(batch.map(({ record }) => record));
  }

  async #remove(records: readonly OutboxRecord[]): Promise<void> {
    this.#done = records;
    const usage = await this.#options.store.remove(records);
    this.#done = [];
    this.#options.onChanged(usage);
  }

  /** What can be read of these records; what is damaged is removed. */
  async #read(records: readonly OutboxRecord[]): Promise<readonly Item[]> {
    const items: Item[] = [];
    const damaged: OutboxRecord[] = [];
    for (const record of records) {
      const reading = decodeWrite(record.bytes);
      if (reading.kind === 'write') items.push({ record, write: reading.write });
      if (reading.kind === 'damaged') damaged.push(record);
    }
    if (damaged.length > 0) {
      this.#options.report({ type: 'outbox-damaged', records: damaged.length });
      await this.#remove(damaged);
    }
    return items;
  }
}
