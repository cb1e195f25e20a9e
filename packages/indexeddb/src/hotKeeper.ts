import { type Entry, encodeEntry } from '@predcache/core';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import type { Directory } from './directory.js';
import { packRows } from './hotSet.js';
import { ignore } from './ignore.js';
import { toRow } from './row.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { hotSetName } from './schema.js';
import { isOutOfSpace } from './storageErrors.js';

export interface HotKeeperOptions {
  readonly bookkeeping: Bookkeeping;
  readonly codec: RowCodec;
  /** Bytes that the hot set may take. */
  readonly maxSize: number;
  /** Reads rows as they are stored. */
  readonly read: (keys: readonly RowKey[]) => Promise<readonly unknown[]>;
}

const rowsAtOnce = 512;

/** Makes the hot set of the rows that were used last, and saves it. */
export class HotKeeper {
  readonly #options: HotKeeperOptions;

  constructor(options: HotKeeperOptions) {
    this.#options = options;
  }

  /** Tells the journal of uses all the same, where there is nothing new to save. */
  async save(): Promise<void> {
    const { bookkeeping, codec, maxSize } = this.#options;
    const { hot, live } = bookkeeping;
    if (maxSize === 0 || !codec.isReady || !hot.isStale) return bookkeeping.tellUses();
    const done = await bookkeeping.change('set', async (inStep) => {
      // From before anything is read: what changes from now on, the journal will tell whoever reads the hot set.
      const sequence = live.seen;
      hot.saving();
      const rows = await this.#rows(this.#choose(live.known!));
      const pack = packRows(rows, sequence);
      try {
        await this.#put(inStep, rows, pack);
        hot.saved(pack);
        return true;
      } catch (cause) {
        // It can wait until there is space.
        if (!isOutOfSpace(cause)) throw cause;
        return false;
      }
    });
    if (done?.value === true) return;
    hot.notSaved();
    // Uses take little, and may find room.
    if (done !== undefined) await bookkeeping.tellUses();
  }

  /** The rows used last, as many as there may be room for. */
  #choose(directory: Directory): RowKey[] {
    const { codec, maxSize } = this.#options;
    const chosen: RowKey[] = [];
    let bytes = 0;
    for (const [key, facts] of directory.newestFirst(codec.partition)) {
      // One that is too large for any hot set must not keep the others out.
      if (facts.size > maxSize) continue;
      bytes += facts.size;
      if (bytes > maxSize) break;
      chosen.push(key);
    }
    return chosen;
  }

  /** Their bytes, in clear: those that the hot set has already need not be read. */
  async #rows(chosen: readonly RowKey[]): Promise<[RowKey, Uint8Array][]> {
    const { bookkeeping, read } = this.#options;
    const rows: [RowKey, Uint8Array][] = [];
    for (let from = 0; from < chosen.length; from += rowsAtOnce) {
      const part = chosen.slice(from, from + rowsAtOnce);
      const there = new Map(part.map((key) => [key, bookkeeping.hot.row(key)]));
      const missing = part.filter((key) => there.get(key) === undefined);
      const values = missing.length === 0 ? [] : await read(missing);
      const inClear = await Promise.all(missing.map((key, index) => this.#inClear(values[index], key)));
      for (const [index, key] of missing.entries()) there.set(key, inClear[index]);
      for (const [key, row] of there) if (row !== undefined) rows.push([key, row]);
    }
    return rows;
  }

  async #inClear(value: unknown, key: RowKey): Promise<Uint8Array | undefined> {
    const { codec } = this.#options;
    if (!(value instanceof Uint8Array)) return undefined;
    if (codec.cipher === undefined) return value;
    const reading = await codec.decode(value, key);
    return reading.kind === 'entry' ? rowInClear(reading.entry, key, codec.partition) : undefined;
  }

  async #put(
    inStep: InStep,
    rows: readonly [RowKey, Uint8Array][],
    pack: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const { bookkeeping, codec } = this.#options;
    const { live } = bookkeeping;
    // Sealed before the transaction, which must not wait for it.
    const sealed = await codec.sealPack(pack);
    await inStep(async (transaction, takeUses) => {
      const directory = await live.catchUp(transaction);
      // What has been deleted meanwhile must not stay in the database.
      if (rows.every(([key]) => directory.has(key)))
        transaction.objectStore('state').put(sealed, hotSetName(codec.partition)).catch(ignore);
      return { committed: live.writeUses(transaction, takeUses()) };
    });
  }
}

function rowInClear(entry: Entry, key: RowKey, partition: string): Uint8Array {
  return toRow({ entry, body: encodeEntry(entry) }, key, { partition, cipher: undefined }) as Uint8Array;
}
