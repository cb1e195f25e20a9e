import { type Entry, encodeEntry } from '@predcache/core';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import type { Directory } from './directory.js';
import { packRows } from './hotSet.js';
import { ignore } from './ignore.js';
import { toRow } from './row.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { hotSetName } from './schema.js';

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

  async save(): Promise<void> {
    const { bookkeeping, maxSize } = this.#options;
    if (maxSize === 0) return;
    await bookkeeping.change('set', async (inStep) => {
      // From before anything is read: what changes from now on, the journal will tell whoever reads the hot set.
      const sequence = bookkeeping.live.seen;
      const rows = await this.#rows(this.#choose(bookkeeping.live.known!));
      await this.#put(inStep, rows, sequence);
    });
  }

  /** The rows used last, as many as there may be room for. */
  #choose(directory: Directory): RowKey[] {
    const { codec, maxSize } = this.#options;
    const chosen: RowKey[] = [];
    let bytes = 0;
    for (const [key, facts] of directory.newestFirst()) {
      if (facts.partition !== codec.partition) continue;
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
      for (const [index, key] of missing.entries()) there.set(key, await this.#inClear(values[index], key));
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

  async #put(inStep: InStep, rows: readonly [RowKey, Uint8Array][], sequence: number): Promise<void> {
    const { bookkeeping, codec } = this.#options;
    const { live } = bookkeeping;
    // Sealed before the transaction, which must not wait for it.
    const pack = await codec.sealPack(packRows(rows, sequence));
    await inStep(async (transaction) => {
      await live.catchUp(transaction);
      transaction.objectStore('state').put(pack, hotSetName(codec.partition)).catch(ignore);
      const touched = bookkeeping.takeTouched();
      if (touched.length === 0) return { committed: ignore };
      return {
        committed: live.write(
          transaction,
          touched.map((key) => ({ kind: 'touched' as const, key })),
        ),
      };
    });
  }
}

function rowInClear(entry: Entry, key: RowKey, partition: string): Uint8Array {
  return toRow({ entry, body: encodeEntry(entry) }, key, { partition, cipher: undefined }) as Uint8Array;
}
