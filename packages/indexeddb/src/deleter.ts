import type { Selector } from '@predcache/core';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { type Deletion, type DeletionOutcome, deleteRows, type RemovedRow } from './deletion.js';
import type { Directory, Group } from './directory.js';
import { modelDigest, readRow } from './row.js';
import { partitionId, type RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { isOutOfSpace } from './storageErrors.js';

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
    if ('keys' in selector) return this.#deleteKeys(selector.keys);
    if ('all' in selector) return this.#deleteGroups(partition, () => true);
    const model = modelDigest(selector.model);
    return this.#deleteGroups(partition, (group) => group.model === model);
  }

  /** Every row of a partition, whoever's it is. */
  deletePartition(partition: string): Promise<number> {
    return this.#deleteGroups(partitionId(partition), () => true);
  }

  /** Rows of this partition that were created before; gives what they were. `createdBefore`: ms since the epoch. */
  async deleteOlder(createdBefore: number): Promise<readonly RemovedRow[]> {
    const { partition } = this.#codec;
    const isOlder = (group: Group, createdAt: number) =>
      group.partition === partition && createdAt <= createdBefore;
    // Asked without a transaction first: mostly there are none.
    const known = this.#bookkeeping.live.known?.keysOf(isOlder) ?? [];
    return known.length === 0 ? [] : this.#deleteAll((directory) => directory.keysOf(isOlder));
  }

  /** Removes rows that a look-up found of no use, unless they have been replaced since. */
  async deleteUnreadable(keys: readonly string[]): Promise<void> {
    const { live } = this.#bookkeeping;
    const rowKeys = keys.map((key) => this.#codec.keyOf(key));
    await this.#bookkeeping.change('delete', (inStep) =>
      inStep(async (transaction) => {
        const store = transaction.objectStore('rows');
        const values = await Promise.all(
          rowKeys.map((rowKey) => store.get(rowKey.buffer) as Promise<unknown>),
        );
        const unreadable = rowKeys.filter((rowKey, index) =>
          this.#isUnreadable(values[index], rowKey, keys[index]!),
        );
        return deleteRows(transaction, { live, choose: () => unreadable, dropsJournal: false });
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

  async #deleteGroups(partition: string, matches: (group: Group) => boolean): Promise<number> {
    const isMeant = (group: Group) => group.partition === partition && matches(group);
    const choose = (directory: Directory) => directory.keysOf(isMeant);
    return (await this.#deleteAll(choose, { hotSetOf: partition, force: true })).length;
  }

  async #deleteKeys(keys: readonly string[]): Promise<number> {
    if (!(await this.#codec.isUsable())) return 0;
    const distinct = new Set(keys.filter((key) => typeof key === 'string'));
    const rowKeys = [...distinct].map((key) => this.#codec.keyOf(key));
    let removed = 0;
    for (let from = 0; from < rowKeys.length; from += mostRows) {
      const part = await this.#deletePart(() => rowKeys.slice(from, from + mostRows), {
        hotSetOf: this.#codec.partition,
        force: true,
      });
      if (part === undefined) break;
      removed += part.removed.length;
    }
    return removed;
  }

  /** What is chosen, a part at a time until there is no more of it. */
  async #deleteAll(
    choose: Deletion['choose'],
    options: { readonly hotSetOf?: string; readonly force?: boolean } = {},
  ): Promise<readonly RemovedRow[]> {
    const removed: RemovedRow[] = [];
    for (let isMore = true; isMore; ) {
      const part = await this.#deletePart((directory) => {
        const keys = choose(directory);
        isMore = keys.length > mostRows;
        return keys.slice(0, mostRows);
      }, options);
      if (part === undefined) break;
      removed.push(...part.removed);
    }
    return removed;
  }

  /** @param force Someone may be counting on it, to log a user out for instance: it is tried even in a pause. */
  async #deletePart(
    choose: Deletion['choose'],
    { hotSetOf, force = false }: { readonly hotSetOf?: string; readonly force?: boolean },
  ): Promise<DeletionOutcome | undefined> {
    const { live } = this.#bookkeeping;
    const remove = async (inStep: InStep) => {
      const deletion = (dropsJournal: boolean) =>
        inStep((transaction) => deleteRows(transaction, { live, choose, hotSetOf, dropsJournal }));
      try {
        return await deletion(false);
      } catch (cause) {
        // Of all things, deleting must work when the storage is full.
        if (!isOutOfSpace(cause)) throw cause;
        return deletion(true);
      }
    };
    return (await this.#bookkeeping.change('delete', remove, { force }))?.value;
  }
}
