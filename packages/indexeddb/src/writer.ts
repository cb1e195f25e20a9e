import { BackOff } from './backOff.js';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { deleteRows } from './deletion.js';
import { type Directory, keyOf, type RowFacts } from './directory.js';
import type { Bounds, Evicted } from './eviction.js';
import { EvictionAllowance } from './evictionAllowance.js';
import { rowSize } from './row.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { isOutOfSpace } from './storageErrors.js';
import { type PreparedChange, prepare, type WriteOutcome, write } from './write.js';
import type { WriteBatch } from './writeBatch.js';

export interface WriterOptions {
  readonly bookkeeping: Bookkeeping;
  readonly bounds: Bounds;
  readonly codec: RowCodec;
  readonly onEvicted: (evicted: Evicted) => void;
  readonly onFailed: (cause: unknown) => void;
}

/** With the storage full, this part of the rows is evicted before the one further try. */
const partToFree = 0.1;
/** And so many times the bytes that are written: browsers have to have room for more than the rows. */
const roomForWritten = 2;
/** But not where that would be more than this part of what is stored: it will hardly find room anyway. */
const mostPartToFree = 0.4;
/** And no more rows than so many, which takes some 100 ms. */
const mostToFree = 512;

/** Puts batches of entries into the database. */
export class Writer {
  readonly #options: WriterOptions;
  /** After writes that found no space: each try costs the browser something, in Chromium even space. */
  readonly #pause = new BackOff();
  readonly #allowance = new EvictionAllowance();

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
    const refusals: unknown[] = [];
    const done = await bookkeeping.change('set', (inStep) => this.#attempt(inStep, prepared, refusals));
    for (const gone of done?.value.evicted ?? []) onEvicted(gone);
    for (const key of done?.value.refused ?? []) batch.refused.add(key);
    return done !== undefined;
  }

  /** @param refusals of this write for want of space, by handles that have died since: Firefox's die of it */
  async #attempt(
    inStep: InStep,
    prepared: readonly PreparedChange[],
    refusals: unknown[],
  ): Promise<WriteOutcome> {
    try {
      const outcome =
        (refusals.length === 0 ? await this.#tryToPut(inStep, prepared, refusals) : undefined) ??
        (await this.#evictAndPut(inStep, prepared, refusals));
      this.#pause.succeeded();
      this.#allowance.wrote(this.#options.bookkeeping.live.known?.bytes);
      return outcome;
    } catch (cause) {
      if (isOutOfSpace(cause)) this.#pause.failed();
      throw cause;
    }
  }

  /** Gives nothing where there is no space. */
  async #tryToPut(
    inStep: InStep,
    prepared: readonly PreparedChange[],
    refusals: unknown[],
  ): Promise<WriteOutcome | undefined> {
    try {
      return await this.#put(inStep, prepared);
    } catch (cause) {
      if (!isOutOfSpace(cause)) throw cause;
      refusals.push(cause);
      return undefined;
    }
  }

  async #evictAndPut(
    inStep: InStep,
    prepared: readonly PreparedChange[],
    refusals: readonly unknown[],
  ): Promise<WriteOutcome> {
    const evicted = await this.#free(inStep, prepared);
    if (evicted.length === 0) throw refusals[0];
    try {
      const outcome = await this.#put(inStep, prepared);
      return { ...outcome, evicted: [...evicted, ...outcome.evicted] };
    } catch (again) {
      for (const gone of evicted) this.#options.onEvicted(gone);
      throw again;
    }
  }

  #put(inStep: InStep, changes: readonly PreparedChange[]): Promise<WriteOutcome> {
    const { bookkeeping, bounds, codec } = this.#options;
    const { live } = bookkeeping;
    return inStep((transaction, takeUses) => write(transaction, changes, { live, bounds, codec, takeUses }));
  }

  /** Evicts what was not used the longest, as far as it is allowed. */
  async #free(inStep: InStep, prepared: readonly PreparedChange[]): Promise<readonly Evicted[]> {
    const { live } = this.#options.bookkeeping;
    let evicted: Evicted[] = [];
    let stored = 0;
    const choose = (directory: Directory) => {
      stored = directory.bytes;
      // Evicting drops the journal. As long as it has no record since, nothing was written either, by this tab or
      // another, before a reload or after it.
      const chosen = live.hasRecord ? this.#choose(directory, bytesOf(prepared)) : [];
      evicted = chosen.map(([rowKey, { model, size }]) => ({
        key: keyOf(rowKey),
        model,
        size,
        reason: 'size',
      }));
      return chosen.map(([rowKey]) => rowKey);
    };
    await inStep((transaction) => deleteRows(transaction, { live, choose, dropsJournal: true }));
    if (evicted.length > 0) this.#allowance.evicted(stored);
    return evicted;
  }

  #choose(directory: Directory, written: number): (readonly [RowKey, RowFacts])[] {
    const { entries, bytes } = directory;
    const allowed = this.#allowance.of(bytes);
    const rows = Math.ceil(entries * partToFree);
    const room = written * roomForWritten;
    const wanted = room <= bytes * mostPartToFree ? room : 0;
    const chosen: (readonly [RowKey, RowFacts])[] = [];
    let freed = 0;
    for (const row of directory.oldestFirst()) {
      if (chosen.length >= mostToFree || (chosen.length >= rows && freed >= wanted)) break;
      freed += row[1].size;
      if (freed > allowed) break;
      chosen.push(row);
    }
    return chosen;
  }
}

function bytesOf(prepared: readonly PreparedChange[]): number {
  return prepared.reduce((sum, { entry }) => sum + (entry === undefined ? 0 : rowSize(entry)), 0);
}
