import type { Selector } from '@predcache/core';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { deleteRows } from './deletion.js';
import type { Group } from './directory.js';
import { modelDigest, readRow } from './row.js';
import { partitionId, type RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { nameOf } from './storageErrors.js';

/** Rows that one transaction deletes, so that it ends long before its timeout. */
const mostRows = 2_000;

/** Takes rows out of the database. */
export class Deleter {
  readonly #bookkeeping: Bookkeeping;
  readonly #codec: RowCodec;

  constructor(bookkeeping: Bookkeeping, codec: RowCodec) {
    this.#bookkeeping = bookkeeping;
    this.#codec = codec;
  }

  /** Gives the number of rows removed. Of this partition's only. */
  async delete(selector: Selector): Promise<number> {
    const { partition } = this.#codec;
    if ('keys' in selector) {
      await this.#codec.ready;
      const keys = new Set(selector.keys.filter((key) => typeof key === 'string'));
      return this.#deleteKeys([...keys].map((key) => this.#codec.keyOf(key)));
    }
    if ('all' in selector) return this.#deleteGroups((group) => group.partition === partition);
    const model = modelDigest(selector.model);
    return this.#deleteGroups((group) => group.partition === partition && group.model === model);
  }

  /** Every row of a partition, whoever's it is. */
  deletePartition(partition: string): Promise<number> {
    const id = partitionId(partition);
    return this.#deleteGroups((group) => group.partition === id);
  }

  /** Rows that are older than that, some of them at once; gives what they were. */
  async deleteOlder(createdBefore: number): Promise<{ key: RowKey; model: string; size: number }[]> {
    const directory = this.#bookkeeping.live.known;
    if (directory === undefined) return [];
    const { partition } = this.#codec;
    const keys = directory
      .keysOf((group, createdAt) => group.partition === partition && createdAt <= createdBefore)
      .slice(0, mostRows);
    const gone = keys.map((key) => ({ key, ...directory.get(key)! }));
    return keys.length > 0 && (await this.#deleteKeys(keys)) > 0 ? gone : [];
  }

  /** Removes rows that a look-up found of no use, unless they have been replaced since. */
  async deleteUnreadable(keys: readonly string[]): Promise<void> {
    const { live } = this.#bookkeeping;
    await this.#bookkeeping.change('delete', (inStep) =>
      inStep(async (transaction) => {
        const rowKeys = keys.map((key) => this.#codec.keyOf(key));
        const store = transaction.objectStore('rows');
        const [values] = await Promise.all([
          Promise.all(rowKeys.map((rowKey) => store.get(rowKey.buffer) as Promise<unknown>)),
          live.catchUp(transaction),
        ]);
        const unreadable = rowKeys.filter((rowKey, index) =>
          this.#isUnreadable(values[index], rowKey, keys[index]!),
        );
        return deleteRows(transaction, unreadable, live, false);
      }),
    );
  }

  /** Not by decrypting, which a transaction cannot wait for: an encrypted row that could not be read is not replaced. */
  #isUnreadable(value: unknown, rowKey: RowKey, key: string): boolean {
    if (value === undefined) return true;
    const reading = readRow(value, rowKey, key, undefined);
    if (reading instanceof Promise || this.#codec.cipher !== undefined) return true;
    return reading.kind === 'damaged' || reading.kind === 'older';
  }

  async #deleteGroups(matches: (group: Group) => boolean): Promise<number> {
    let removed = 0;
    for (;;) {
      const part = await this.#bookkeeping.change(
        'delete',
        async (inStep) => {
          // Asked within the operation: before it the directory may not have been known.
          const keys = this.#bookkeeping.live.known!.keysOf(matches);
          const now = keys.slice(0, mostRows);
          const { removed } = await this.#remove(inStep, now);
          return { removed, isLast: keys.length <= mostRows, committed: () => {} };
        },
        { force: true },
      );
      if (part === undefined) return removed;
      removed += part.value.removed;
      if (part.value.isLast) return removed;
    }
  }

  async #deleteKeys(keys: readonly RowKey[]): Promise<number> {
    let removed = 0;
    for (let from = 0; from < keys.length; from += mostRows) {
      const part = await this.#bookkeeping.change(
        'delete',
        (inStep) => this.#remove(inStep, keys.slice(from, from + mostRows)),
        // Someone may be counting on it, to log a user out for instance: it is tried even in a pause.
        { force: true },
      );
      if (part === undefined) return removed;
      removed += part.value.removed;
    }
    return removed;
  }

  async #remove(inStep: InStep, keys: readonly RowKey[]): Promise<{ readonly removed: number }> {
    const { live } = this.#bookkeeping;
    try {
      return await inStep((transaction) => deleteRows(transaction, keys, live, false));
    } catch (cause) {
      // Of all things, deleting must work when the storage is full.
      if (nameOf(cause) !== 'QuotaExceededError') throw cause;
      return inStep((transaction) => deleteRows(transaction, keys, live, true));
    }
  }
}
