import type { Entry, EntryReading } from '@predcache/core';
import type { Bookkeeping } from './bookkeeping.js';
import type { Connection } from './connection.js';
import { readRows } from './readRows.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import type { Unsettled } from './unsettled.js';
import type { WritePace } from './writePace.js';

/** Why a row is of no use: it is not there although the directory has it, too old, or not to be read. */
export type Unusable = 'missing' | 'expired' | 'damaged' | 'older';

export interface LookUpsOptions {
  readonly connection: Connection;
  readonly bookkeeping: Bookkeeping;
  readonly codec: RowCodec;
  readonly unsettled: Unsettled;
  readonly pace: WritePace;
  /** ms that an entry is kept after it was computed. */
  readonly ttl: number;
  readonly onHit: () => void;
  /** A look-up met rows that are to be removed. */
  readonly onUnusable: (keys: readonly string[], why: Unusable) => void;
}

/** Look-ups called in one turn: one transaction for all, one request for a key however often it is asked for. */
interface Batch {
  readonly keys: Map<string, RowKey>;
  readonly found: Promise<ReadonlyMap<string, Entry>>;
}

/** Gathers the look-ups of one moment. Nothing waits for company: what a turn calls is sent off as it ends. */
export class LookUps {
  readonly #options: LookUpsOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #batch: Batch | undefined;

  constructor(options: LookUpsOptions) {
    this.#options = options;
  }

  /** What is in memory: the hot set, and what is being written. */
  peek(key: string): Entry | undefined {
    const { unsettled, bookkeeping, codec } = this.#options;
    const known = unsettled.get(key);
    if (known !== undefined) return known.entry;
    if (bookkeeping.hot.size === 0 || !codec.isReady || typeof key !== 'string') return undefined;
    return this.#hot(key, codec.keyOf(key), unsettled.deletions());
  }

  async getMany(keys: readonly string[]): Promise<readonly (Entry | undefined)[]> {
    const { unsettled, codec, bookkeeping } = this.#options;
    if (!codec.isReady && !(await codec.isUsable())) return keys.map(() => undefined);
    const isDeleted = unsettled.deletions();
    const directory = bookkeeping.live.known;
    let asked: [string, RowKey][] | undefined;
    const known = keys.map((key) => {
      const certain = unsettled.get(key);
      if (certain !== undefined) return certain.entry;
      // A key that is none would fail the whole batch.
      if (typeof key !== 'string') return undefined;
      const rowKey = codec.keyOf(key);
      if (directory !== undefined && !directory.has(rowKey)) return undefined;
      const hot = this.#hot(key, rowKey, isDeleted);
      if (hot !== undefined) return hot;
      asked ??= [];
      asked.push([key, rowKey]);
      return key;
    });
    if (asked === undefined) return known as (Entry | undefined)[];
    const found = await this.#ask(asked);
    return known.map((entry) => {
      if (typeof entry !== 'string') return entry;
      const read = found.get(entry);
      return read !== undefined && isDeleted?.(read) ? undefined : read;
    });
  }

  /** Settles when those called so far have. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #hot(key: string, rowKey: RowKey, isDeleted: ReturnType<Unsettled['deletions']>): Entry | undefined {
    const { bookkeeping } = this.#options;
    const entry = bookkeeping.hot.get(rowKey, key);
    if (entry === undefined || isDeleted?.(entry) || this.#isExpired(entry)) return undefined;
    bookkeeping.touch(rowKey);
    this.#options.onHit();
    return entry;
  }

  #isExpired({ createdAt }: Entry): boolean {
    return Date.now() - createdAt >= this.#options.ttl;
  }

  #ask(keys: readonly [string, RowKey][]): Batch['found'] {
    this.#batch ??= this.#begin();
    for (const [key, rowKey] of keys) this.#batch.keys.set(key, rowKey);
    return this.#batch.found;
  }

  #begin(): Batch {
    const keys = new Map<string, RowKey>();
    const found = Promise.resolve().then(() => {
      this.#batch = undefined;
      return this.#read([...keys]);
    });
    this.#underWay.add(found);
    void found.then(() => {
      this.#underWay.delete(found);
      this.#options.pace.lookedUp();
    });
    return { keys, found };
  }

  async #read(keys: readonly [string, RowKey][]): Promise<ReadonlyMap<string, Entry>> {
    const { connection, codec, bookkeeping } = this.#options;
    const done = await connection.run('get', (database, deadline) =>
      readRows(
        database,
        deadline,
        keys.map(([, rowKey]) => rowKey),
      ),
    );
    const found = new Map<string, Entry>();
    if (done === undefined) return found;
    const unusable: Record<Unusable, string[]> = { missing: [], expired: [], damaged: [], older: [] };
    // All at once: decrypting takes its time, but on other threads.
    const decodings = keys.map(([key, rowKey], index) => {
      const value = done.value[index];
      return value === undefined ? undefined : codec.decode(value, rowKey, key);
    });
    for (const [index, [key, rowKey]] of keys.entries()) {
      const decoding = decodings[index];
      if (decoding === undefined) {
        if (bookkeeping.live.known?.has(rowKey)) unusable.missing.push(key);
        continue;
      }
      const read: EntryReading = decoding instanceof Promise ? await decoding : decoding;
      if (read.kind === 'newer') continue;
      if (read.kind !== 'entry') unusable[read.kind].push(key);
      else if (this.#isExpired(read.entry)) unusable.expired.push(key);
      else {
        found.set(key, read.entry);
        bookkeeping.touch(rowKey);
        this.#options.onHit();
      }
    }
    for (const [why, those] of Object.entries(unusable) as [Unusable, string[]][]) {
      if (those.length > 0) this.#options.onUnusable(those, why);
    }
    return found;
  }
}
