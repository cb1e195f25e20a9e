import { BackOff } from './backOff.js';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { deleteRows } from './deletion.js';
import { keyOf } from './directory.js';
import type { Bounds, Evicted } from './eviction.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { nameOf } from './storageErrors.js';
import { type PreparedChange, prepare, type WriteOutcome, write } from './write.js';
import type { WriteBatch } from './writeBatch.js';

export interface WriterOptions {
  readonly bookkeeping: Bookkeeping;
  readonly bounds: Bounds;
  readonly codec: RowCodec;
  readonly onEvicted: (evicted: Evicted) => void;
  readonly onFailed: (cause: unknown) => void;
}

/** With the storage full, so much is evicted before the one further try: a part of the rows, and more than is written. */
const partToFree = 0.1;
const mostToFree = 512;

/** Puts batches of entries into the database. */
export class Writer {
  readonly #options: WriterOptions;
  /** After writes that found no space even then: each try would only evict more. */
  readonly #pause = new BackOff();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Whether they are stored, once they are committed. */
  async write(batch: WriteBatch): Promise<boolean> {
    const { bookkeeping, codec, onEvicted, onFailed } = this.#options;
    if (this.#pause.isPaused || !(await codec.isUsable())) return false;
    let prepared: readonly PreparedChange[];
    try {
      prepared = await prepare(batch.changes, codec);
    } catch (cause) {
      // Nothing but encrypting can fail here.
      onFailed(cause);
      return false;
    }
    const done = await bookkeeping.change('set', (inStep) => this.#attempt(inStep, prepared));
    for (const gone of done?.value.evicted ?? []) onEvicted(gone);
    return done !== undefined;
  }

  async #attempt(inStep: InStep, prepared: readonly PreparedChange[]): Promise<WriteOutcome> {
    try {
      const outcome = await this.#put(inStep, prepared);
      this.#pause.succeeded();
      return outcome;
    } catch (cause) {
      if (nameOf(cause) !== 'QuotaExceededError') throw cause;
      const evicted = await this.#free(inStep, prepared);
      try {
        const outcome = await this.#put(inStep, prepared);
        return { ...outcome, evicted: [...evicted, ...outcome.evicted] };
      } catch (again) {
        for (const gone of evicted) this.#options.onEvicted(gone);
        if (nameOf(again) === 'QuotaExceededError') this.#pause.failed();
        throw again;
      }
    }
  }

  #put(inStep: InStep, changes: readonly PreparedChange[]): Promise<WriteOutcome> {
    const { bookkeeping, bounds, codec } = this.#options;
    const { live } = bookkeeping;
    return inStep((transaction, takeUses) => write(transaction, changes, { live, bounds, codec, takeUses }));
  }

  /** Evicts what was not used the longest. */
  async #free(inStep: InStep, changes: readonly PreparedChange[]): Promise<Evicted[]> {
    const { live } = this.#options.bookkeeping;
    const directory = live.known;
    if (directory === undefined) return [];
    const rows = Math.min(mostToFree, Math.max(changes.length, Math.ceil(directory.entries * partToFree)));
    const victims: [RowKey, Evicted][] = [];
    for (const [rowKey, { model, size }] of directory.oldestFirst()) {
      // Never everything.
      if (victims.length >= Math.min(rows, directory.entries - 1)) break;
      victims.push([rowKey, { key: keyOf(rowKey), model, size, reason: 'size' }]);
    }
    const keys = victims.map(([rowKey]) => rowKey);
    await inStep((transaction) => deleteRows(transaction, { live, choose: () => keys, dropsJournal: true }));
    return victims.map(([, evicted]) => evicted);
  }
}
