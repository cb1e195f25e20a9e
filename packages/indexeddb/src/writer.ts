import { BackOff } from './backOff.js';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { deleteRows } from './deletion.js';
import { type Directory, keyOf } from './directory.js';
import type { Bounds, Evicted } from './eviction.js';
import { rowSize } from './row.js';
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

/** With the storage full, at least this part of the rows is evicted before the one further try. */
const partToFree = 0.1;
/** And so many times the bytes that are written: browsers have to have room for more than the rows. */
const roomForWritten = 2;
/** But no more of the rows than this part, however much is written. */
const mostPartToFree = 0.5;
/** Nor more than so many, which takes some 100 ms. */
const mostToFree = 512;

/** Puts batches of entries into the database. */
export class Writer {
  readonly #options: WriterOptions;
  /** After writes that found no space even then: each try would only evict more. */
  readonly #pause = new BackOff();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Whether they are stored, once they are committed; those that the batch is told to be `refused` are not. */
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
    for (const key of done?.value.refused ?? []) batch.refused.add(key);
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
  async #free(inStep: InStep, prepared: readonly PreparedChange[]): Promise<Evicted[]> {
    const { live } = this.#options.bookkeeping;
    const evicted: Evicted[] = [];
    const choose = (directory: Directory) => {
      evicted.length = 0;
      const keys: RowKey[] = [];
      const { rows, bytes, most } = this.#toFree(directory, prepared);
      let freed = 0;
      for (const [rowKey, { model, size }] of directory.oldestFirst()) {
        if (keys.length >= most || (keys.length >= rows && freed >= bytes)) break;
        keys.push(rowKey);
        evicted.push({ key: keyOf(rowKey), model, size, reason: 'size' });
        freed += size;
      }
      return keys;
    };
    await inStep((transaction) => deleteRows(transaction, { live, choose, dropsJournal: true }));
    return evicted;
  }

  /** At least so many rows and bytes, and at most so many rows. */
  #toFree(
    { entries, bytes }: Directory,
    prepared: readonly PreparedChange[],
  ): { readonly rows: number; readonly bytes: number; readonly most: number } {
    const most = Math.min(mostToFree, Math.floor(entries * mostPartToFree));
    // The last eviction was in vain: as many rows as are written, or a full disk would empty the cache by and by.
    if (this.#pause.hasFailed) return { rows: prepared.length, bytes: 0, most };
    const written = prepared.reduce((sum, { entry }) => sum + (entry === undefined ? 0 : rowSize(entry)), 0);
    // What is larger than that will hardly find room anyway.
    const isWithin = written <= bytes * mostPartToFree;
    return { rows: Math.ceil(entries * partToFree), bytes: isWithin ? written * roomForWritten : 0, most };
  }
}
