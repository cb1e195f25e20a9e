import type { Entry, Selector } from '@predcache/core';
import { ChangeQueue } from './changeQueue.js';
import { copyOf } from './covering.js';
import type { Deleter } from './deleter.js';
import type { Bounds, Evicted } from './eviction.js';
import type { OwnDeletions } from './ownDeletions.js';
import type { Refusals } from './refusals.js';
import type { Unsettled } from './unsettled.js';
import type { Encoded } from './write.js';
import { WriteBatch } from './writeBatch.js';
import type { WritePace } from './writePace.js';
import type { Writer } from './writer.js';

export interface ChangesOptions {
  readonly writer: Writer;
  readonly deleter: Deleter;
  readonly bounds: Bounds;
  /** ms that an entry is kept after it was computed. */
  readonly ttl: number;
  readonly unsettled: Unsettled;
  readonly own: OwnDeletions;
  readonly refusals: Refusals;
  readonly pace: WritePace;
  /** Something has been committed. */
  readonly onChanged: () => void;
  readonly onEvicted: (evicted: Evicted) => void;
  readonly onRefused: (entry: Entry, reason: 'size' | 'expired') => void;
}

/** Bytes of an entry's size that the directory can count. */
const largestSize = 2 ** 32 - 1;
/** Rows that one transaction writes, so that it ends long before its timeout. */
const mostRows = 2_000;

/**
 * All that changes the database, in the order of the calls, one transaction at a time. Writes of one moment, and
 * those that come while another change is under way or a write waits for its turn, go together.
 */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #queue: ChangeQueue;
  readonly #unreadable = new Set<string>();
  /** The batch at the end of the queue, while more may join it. */
  #open: { readonly batch: WriteBatch; readonly isStored: Promise<boolean> } | undefined;

  constructor(options: ChangesOptions) {
    this.#options = options;
    this.#queue = new ChangeQueue(options.pace);
  }

  /** Settles once they are committed, with how many were stored. */
  async write(entries: readonly Encoded[]): Promise<number> {
    if (entries.length === 0) return 0;
    const parts: Promise<number>[] = [];
    for (let from = 0; from < entries.length; from += mostRows) {
      parts.push(this.#writePart(entries.slice(from, from + mostRows)));
    }
    return (await Promise.all(parts)).reduce((sum, stored) => sum + stored, 0);
  }

  async delete(asked: Selector): Promise<number> {
    const selector = copyOf(asked);
    this.#options.own.called(selector);
    const settled = this.#options.unsettled.deleting(selector);
    try {
      return await this.run(() => this.#options.deleter.delete(selector));
    } finally {
      settled();
    }
  }

  /** Something else that has its turn after all that was called before, and before all that is called later. */
  async run<T>(change: () => Promise<T>): Promise<T> {
    this.#open = undefined;
    const result = await this.#queue.enqueue(change);
    this.#options.onChanged();
    return result;
  }

  /** Removes rows that cannot be read. */
  discard(keys: readonly string[]): void {
    const isAhead = this.#unreadable.size > 0;
    for (const key of keys) this.#unreadable.add(key);
    if (isAhead) return;
    void this.run(async () => {
      const unreadable = [...this.#unreadable];
      this.#unreadable.clear();
      await this.#options.deleter.deleteUnreadable(unreadable);
    });
  }

  /** Lets writes go that are being gathered, and settles when nothing is left to do. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Settles when nothing is left to do; nothing is gathered from now on. */
  finish(): Promise<void> {
    return this.#queue.finish();
  }

  async #writePart(entries: readonly Encoded[]): Promise<number> {
    const { batch, isStored } = this.#open ?? this.#openBatch();
    const accepted = entries.filter((encoded) => this.#accept(encoded, batch));
    // Full: what comes next starts another, so that each ends long before its timeout.
    if (batch.changes.size >= mostRows) this.#open = undefined;
    if (!(await isStored)) return 0;
    return accepted.filter(({ entry }) => !batch.refused.has(entry.key)).length;
  }

  #accept(encoded: Encoded, batch: WriteBatch): boolean {
    const { entry } = encoded;
    const { unsettled, refusals, onRefused, onEvicted } = this.#options;
    // What is stored of its key is newer than that deletion.
    if (refusals.has(encoded)) return false;
    const refusal = this.#refusalOf(entry);
    if (refusal !== undefined) {
      batch.remove(entry.key);
      unsettled.written(entry.key, undefined, batch);
      onRefused(entry, refusal);
      return false;
    }
    const evicted = batch.put(encoded);
    unsettled.written(entry.key, entry, batch);
    for (const gone of evicted) {
      unsettled.written(gone.key, undefined, batch);
      onEvicted(gone);
    }
    return true;
  }

  #refusalOf({ size, createdAt }: Entry): 'size' | 'expired' | undefined {
    const { bounds, ttl } = this.#options;
    if (size > Math.min(bounds.maxSize, largestSize)) return 'size';
    return Date.now() - createdAt >= ttl ? 'expired' : undefined;
  }

  #openBatch() {
    const { writer, unsettled, pace, onChanged } = this.#options;
    const batch = new WriteBatch(this.#options.bounds);
    const isStored = this.#queue.enqueue(async () => {
      if (this.#open?.batch === batch) this.#open = undefined;
      const done = await writer.write(batch);
      pace.wrote();
      unsettled.settled(batch);
      onChanged();
      return done;
    }, true);
    this.#open = { batch, isStored };
    return this.#open;
  }
}
