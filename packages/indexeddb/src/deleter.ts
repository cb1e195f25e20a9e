import type { Selector } from '@predcache/core';
import type { Bookkeeping, InStep } from './bookkeeping.js';
import { type Deletion, type DeletionOutcome, deleteRows, type RemovedRow } from './deletion.js';
import type { Directory, Group } from './directory.js';
import type { InvalidationContent } from './invalidation.js';
import type { InvalidationCodec } from './invalidationCodec.js';
import { modelDigest, readRow } from './row.js';
import { partitionId, type RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { isOutOfSpace } from './storageErrors.js';

export interface DeleterOptions {
  readonly bookkeeping: Bookkeeping;
  readonly codec: RowCodec;
  readonly invalidations: InvalidationCodec;
  /** Gives the keys of a model's entries that a function says yes to. */
  readonly keysWhere: (
    selector: Extract<Selector, { readonly where: unknown }>,
  ) => Promise<readonly string[]>;
}

/** How to delete. */
interface PartOptions {
  /** The partition whose hot set goes with the rows. */
  readonly hotSetOf?: string;
  /** As `Deletion.ordered`. */
  readonly ordered?: InvalidationContent | undefined;
  /** Someone may be counting on it, to log a user out for instance: it is tried even in a pause. */
  readonly force?: boolean;
}

/** Rows that one transaction deletes, so that it ends long before its timeout. */
const mostRows = 2_000;

/** Takes rows out of the database. */
export class Deleter {
  readonly #options: DeleterOptions;
  readonly #bookkeeping: Bookkeeping;
  readonly #codec: RowCodec;

  constructor(options: DeleterOptions) {
    this.#options = options;
    this.#bookkeeping = options.bookkeeping;
    this.#codec = options.codec;
  }

  /** Gives the number of rows removed. Of this partition's only. */
  async delete(selector: Selector): Promise<number> {
    const { invalidations, keysWhere } = this.#options;
    if ('keys' in selector) return this.#deleteKeys(selector.keys);
    if ('where' in selector) return this.#deleteKeys(await keysWhere(selector));
    if ('tags' in selector) return this.#deleteTags(selector);
    const { partition } = this.#codec;
    const ordered = await invalidations.encode(selector);
    if ('all' in selector) return this.#deleteGroups(partition, () => true, ordered);
    const model = modelDigest(selector.model);
    const isMeant = (group: Group) => group.model === model;
    if (!('createdBefore' in selector)) return this.#deleteGroups(partition, isMeant, ordered);
    const { createdBefore } = selector;
    return this.#deleteGroups(partition, isMeant, ordered, (createdAt) => createdAt < createdBefore);
  }

  /** Every row of a partition, whoever's it is. */
  deletePartition(partition: string): Promise<number> {
    const id = partitionId(partition);
    return this.#deleteGroups(id, () => true, this.#options.invalidations.ofPartition(id));
  }

  /** Rows of this partition that were created before; gives what they were. `createdBefore`: ms since the epoch. */
  async deleteOlder(createdBefore: number): Promise<readonly RemovedRow[]> {
    const { partition } = this.#codec;
    const choose = (directory: Directory, most = 1) =>
      directory.keysOf((group) => group.partition === partition, {
        matches: (createdAt) => createdAt <= createdBefore,
        most,
      });
    // Asked without a transaction first: mostly there are none.
    const { known } = this.#bookkeeping.live;
    return known === undefined || choose(known).length === 0 ? [] : this.#deleteAll(choose);
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

  async #deleteGroups(
    partition: string,
    isMeant: (group: Group) => boolean,
    ordered: InvalidationContent,
    matches: (createdAt: number) => boolean = () => true,
  ): Promise<number> {
    const choose = (directory: Directory, most: number) =>
      directory.keysOf((group) => group.partition === partition && isMeant(group), { matches, most });
    return (await this.#deleteAll(choose, { hotSetOf: partition, ordered, force: true })).length;
  }

  async #deleteTags(selector: Extract<Selector, { readonly tags: unknown }>): Promise<number> {
    if (!(await this.#codec.isUsable())) return 0;
    const { partition } = this.#codec;
    const ordered = await this.#options.invalidations.encode(selector);
    const group = { partition, model: modelDigest(selector.model) };
    const tags = this.#codec.tagsOf(selector.tags);
    const choose = (directory: Directory, most: number) => directory.keysWithTags(group, tags, most);
    return (await this.#deleteAll(choose, { hotSetOf: partition, ordered, force: true })).length;
  }

  async #deleteKeys(keys: readonly string[]): Promise<number> {
    if (!(await this.#codec.isUsable())) return 0;
    const distinct = [...new Set(keys.filter((key) => typeof key === 'string'))];
    let removed = 0;
    for (let from = 0; from < distinct.length; from += mostRows) {
      const part = distinct.slice(from, from + mostRows);
      const rowKeys = part.map((key) => this.#codec.keyOf(key));
      const done = await this.#deletePart(() => rowKeys, {
        hotSetOf: this.#codec.partition,
        ordered: await this.#options.invalidations.encode({ keys: part }),
        force: true,
      });
      if (done === undefined) break;
      removed += done.removed.length;
    }
    return removed;
  }

  /** What is chosen, a part at a time until there is no more of it. @param choose gives no more than so many */
  async #deleteAll(
    choose: (directory: Directory, most: number) => readonly RowKey[],
    options: PartOptions = {},
  ): Promise<readonly RemovedRow[]> {
    const removed: RemovedRow[] = [];
    let { ordered } = options;
    for (let isMore = true; isMore; ) {
      const choosePart = (directory: Directory) => {
        const keys = choose(directory, mostRows + 1);
        isMore = keys.length > mostRows;
        return keys.slice(0, mostRows);
      };
      const part = await this.#deletePart(choosePart, { ...options, ordered });
      if (part === undefined) break;
      // Once is enough: whoever began to compute before the other parts began before the first.
      ordered = undefined;
      removed.push(...part.removed);
    }
    return removed;
  }

  async #deletePart(
    choose: Deletion['choose'],
    { hotSetOf, ordered, force = false }: PartOptions,
  ): Promise<DeletionOutcome | undefined> {
    const { live } = this.#bookkeeping;
    const remove = async (inStep: InStep) => {
      const deletion = (dropsJournal: boolean) =>
        inStep((transaction) => deleteRows(transaction, { live, choose, hotSetOf, ordered, dropsJournal }));
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
