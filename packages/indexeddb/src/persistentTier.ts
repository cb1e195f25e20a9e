import {
  bytesToHex,
  type Entry,
  encodeEntries,
  encodeEntry,
  Listeners,
  type PredcacheError,
  type Selector,
  type SetOptions,
  type TierEvent,
  type TierListener,
} from '@predcache/core';
import { Bookkeeping } from './bookkeeping.js';
import { Canary } from './canary.js';
import { Changes } from './changes.js';
import { Connection } from './connection.js';
import { Deleter } from './deleter.js';
import { keyOf } from './directory.js';
import type { Evicted } from './eviction.js';
import { type ExportOptions, storedEntries } from './exporting.js';
import { HotKeeper } from './hotKeeper.js';
import { type ImportOptions, type ImportResult, type ImportTarget, importEntries } from './importing.js';
import type { IndexedDBTier, IndexedDBUsage } from './indexedDBTier.js';
import type { Invalidation } from './invalidation.js';
import { InvalidationCodec } from './invalidationCodec.js';
import { LookUps, type Unusable } from './lookUps.js';
import type { Settings } from './options.js';
import { OwnDeletions } from './ownDeletions.js';
import { watchPageLife } from './pageLife.js';
import { readRows } from './readRows.js';
import { Refusals } from './refusals.js';
import { mostTags } from './row.js';
import { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { databaseName } from './schema.js';
import { keysWhere } from './searching.js';
import {
  corruptError,
  describe,
  failedError,
  type Operation,
  storageError,
  unavailableError,
  whereError,
} from './storageErrors.js';
import { estimateStorage } from './storageManager.js';
import { TabChannel } from './tabChannel.js';
import { Unsettled } from './unsettled.js';
import { Upkeep } from './upkeep.js';
import type { Encoded } from './write.js';
import { WritePace } from './writePace.js';
import { Writer } from './writer.js';

/** The journal is not to be as many times too long, quiet or not. */
const mostOverlength = 4;

/** ms after which it is time to look for what is too old. */
const longestUnswept = 60_000;

/** What `indexedDB()` makes: puts the parts together, and says what happens. */
export class PersistentTier implements IndexedDBTier {
  readonly name = 'indexeddb';
  readonly scope: string;
  readonly #settings: Settings;
  readonly #listeners = new Listeners<TierEvent>();
  readonly #connection: Connection;
  readonly #bookkeeping: Bookkeeping;
  readonly #deleter: Deleter;
  readonly #lookUps: LookUps;
  readonly #changes: Changes;
  readonly #upkeep: Upkeep;
  readonly #channel: TabChannel;
  readonly #codec: RowCodec;
  readonly #own: OwnDeletions;
  readonly #stopWatching: () => void;
  #sweptAt = 0;
  #isSweeping = false;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { ttl, durability, hotSet, timeout } = settings;
    const name = databaseName(settings.name);
    const unsettled = new Unsettled();
    const pace = new WritePace(settings.gatherTime);
    const report = (operation: Operation, error: PredcacheError) => this.#reportError(operation, error);
    const codec = new RowCodec(settings, (cause) =>
      report('open', unavailableError(name, `The encryption key is of no use: ${describe(cause)}`, cause)),
    );
    const channel = new TabChannel(name, () => void this.#bookkeeping.catchUp());
    const connection = new Connection({
      name,
      timeout,
      report,
      onOpened: (database) => {
        channel.open();
        this.#bookkeeping.opened(database);
      },
      onRest: () => channel.close(),
    });
    const origin = bytesToHex(crypto.getRandomValues(new Uint8Array(8)));
    const invalidations = new InvalidationCodec(codec, origin);
    const bookkeeping = new Bookkeeping({
      origin,
      connection,
      codec,
      canary: new Canary(name),
      channel,
      durability,
      hasHotSet: hotSet > 0,
      onChanged: () => this.#changed(),
      onInvalidated: (all) => void this.#heard(all, invalidations),
      onLost: (rows) => this.#listeners.report({ type: 'storage-lost', tier: this.name, entries: rows }),
    });
    const read = (keys: readonly RowKey[]) => this.#readRows(keys);
    const onFailed = (cause: unknown) => report('delete', whereError(name, cause));
    const deleter = new Deleter({
      bookkeeping,
      codec,
      invalidations,
      keysWhere: (selector) => keysWhere(selector, { bookkeeping, codec, read, onFailed }),
    });
    const own = new OwnDeletions(() => bookkeeping.live.seen);
    const onEvicted = ({ key, model, size, reason }: Evicted) =>
      this.#listeners.report({ type: 'evicted', tier: this.name, key, model, size, reason });
    this.#connection = connection;
    this.#codec = codec;
    this.#own = own;
    this.scope = `${name} ${codec.partition}`;
    this.#channel = channel;
    this.#bookkeeping = bookkeeping;
    this.#deleter = deleter;
    this.#lookUps = new LookUps({
      connection,
      bookkeeping,
      codec,
      unsettled,
      pace,
      ttl,
      onHit: () => this.#upkeep.due(),
      onUnusable: (keys, why) => this.#discard(keys, why),
    });
    this.#changes = new Changes({
      writer: new Writer({
        bookkeeping,
        bounds: settings,
        codec,
        onEvicted,
        onFailed: (cause) => report('set', storageError('set', name, cause)),
      }),
      deleter,
      own,
      refusals: new Refusals({ own, live: bookkeeping.live, codec }),
      bounds: settings,
      ttl,
      unsettled,
      pace,
      onChanged: () => this.#committed(),
      onEvicted,
      onRefused: ({ key, model, size }, reason) =>
        this.#listeners.report({ type: 'refused', tier: this.name, key, model, size, reason }),
    });
    const hotKeeper = new HotKeeper({ bookkeeping, codec, maxSize: hotSet, read });
    this.#upkeep = new Upkeep(async (isLeaving) => {
      // A hot set is out of date once the journal is made anew: not without the time to save another.
      if (!isLeaving) await bookkeeping.compact();
      await hotKeeper.save();
    });
    const finish = () => Promise.all([this.#changes.idle(), this.#upkeep.run(true)]);
    this.#stopWatching = watchPageLife({
      onHidden: () => void finish(),
      onLeft: () => connection.rest(finish()),
      onShown: () => connection.warmUp(),
    });
  }

  /** Also opens the database, so that the first look-up need not wait for that. */
  subscribe(listener: TierListener): () => void {
    const unsubscribe = this.#listeners.add(listener);
    this.#connection.warmUp();
    return unsubscribe;
  }

  peek(key: string): Entry | undefined {
    return this.#closing === undefined ? this.#lookUps.peek(key) : undefined;
  }

  async getMany(keys: readonly string[]): Promise<readonly (Entry | undefined)[]> {
    if (this.#closing !== undefined) return keys.map(() => undefined);
    return this.#lookUps.getMany(keys);
  }

  async catchUp(): Promise<void> {
    if (this.#closing === undefined) await this.#bookkeeping.catchUp();
  }

  touch(keys: readonly string[]): void {
    if (this.#closing !== undefined || !this.#codec.isReady) return;
    for (const key of keys) this.#bookkeeping.touch(this.#codec.keyOf(key));
    this.#upkeep.due();
  }

  async setMany(entries: readonly Entry[], { since }: SetOptions = {}): Promise<number> {
    if (this.#closing !== undefined) return 0;
    // Encoded now: what becomes of the caller's own afterwards does not matter.
    return this.#changes.write(
      entries.map((entry) => this.#encode(entry, since)).filter((each) => each !== undefined),
    );
  }

  mark(): number {
    return this.#own.mark();
  }

  async delete(selector: Selector): Promise<number> {
    if (this.#closing !== undefined) return 0;
    const deleting = this.#changes.delete(selector);
    // Who listens may well call this tier: it is deleted by then. They know it as the caller does.
    this.#listeners.report({ type: 'invalidated', tier: this.name, selector });
    try {
      return await deleting;
    } catch (cause) {
      this.#reportError('delete', storageError('delete', this.#settings.name, cause));
      return 0;
    }
  }

  async clear({ partition }: { readonly partition?: string | undefined } = {}): Promise<number> {
    if (partition === undefined || partition === this.#settings.partition) return this.delete({ all: true });
    if (this.#closing !== undefined) return 0;
    return this.#changes.run(() => this.#deleter.deletePartition(partition));
  }

  async usage(): Promise<IndexedDBUsage> {
    if (this.#closing === undefined) {
      await this.ready();
      await this.#bookkeeping.catchUp('usage');
    }
    const estimate = await estimateStorage();
    return estimate === undefined ? this.#usage() : { ...this.#usage(), estimate };
  }

  async ready(): Promise<void> {
    if (this.#closing !== undefined) return;
    await this.#connection.run('open', async () => {});
    await Promise.all([this.#bookkeeping.ready(), this.#codec.isUsable()]);
  }

  export(options: ExportOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    return encodeEntries(this.#storedEntries(options), { signal: options.signal });
  }

  import(stream: ReadableStream<Uint8Array>, options: ImportOptions = {}): Promise<ImportResult> {
    const { ttl } = this.#settings;
    const target: ImportTarget = {
      isExpired: ({ createdAt }) => Date.now() - createdAt >= ttl,
      isKnown: ({ key, createdAt }) => {
        if (this.#closing !== undefined || !this.#codec.isReady) return false;
        const known = this.#bookkeeping.live.known?.createdAt(this.#codec.keyOf(key));
        return known !== undefined && known >= createdAt;
      },
      setMany: (entries) => this.setMany(entries),
    };
    return this.ready().then(() => importEntries(stream, target, options));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopWatching();
    // Look-ups called before wait for it as well.
    await this.#codec.isUsable();
    await Promise.all([this.#lookUps.idle(), this.#changes.finish()]);
    // A look-up may have found rows to remove.
    await this.#changes.finish();
    await this.#upkeep.run();
    await this.#bookkeeping.ready();
    this.#channel.close();
    this.#connection.close();
    this.#listeners.clear();
  }

  /** This tier has written or removed something. */
  #committed(): void {
    this.#upkeep.due();
    // There may be no quiet for long.
    if (this.#bookkeeping.live.overlength >= mostOverlength) void this.#upkeep.run();
    this.#changed();
  }

  /** What the directory knows has changed. */
  #changed(): void {
    if (this.#bookkeeping.live.known === undefined) return;
    if (Date.now() - this.#sweptAt >= Math.min(this.#settings.ttl, longestUnswept)) this.#sweep();
    if (!this.#listeners.isEmpty)
      this.#listeners.report({ type: 'usage', tier: this.name, usage: this.#usage() });
  }

  #usage(): IndexedDBUsage {
    const { maxSize, maxEntries } = this.#settings;
    const { entries = 0, bytes = 0 } = this.#bookkeeping.live.known ?? {};
    return { entries, bytes, maxSize, ...(Number.isFinite(maxEntries) ? { maxEntries } : {}) };
  }

  /** Removes what is too old: now and then, and when a look-up has met some of it. */
  #sweep(): void {
    const { ttl } = this.#settings;
    // Its own end is a change as well.
    if (!Number.isFinite(ttl) || this.#closing !== undefined || this.#isSweeping) return;
    this.#isSweeping = true;
    const sweep = async () => {
      this.#sweptAt = Date.now();
      for (const { key, model, size } of await this.#deleter.deleteOlder(this.#sweptAt - ttl))
        this.#listeners.report({ type: 'expired', tier: this.name, key: keyOf(key), model, size });
    };
    void this.#changes.run(sweep).finally(() => {
      this.#isSweeping = false;
    });
  }

  async *#storedEntries(options: ExportOptions): AsyncGenerator<Entry> {
    await this.ready();
    const { partition } = this.#codec;
    const directory = this.#closing === undefined ? this.#bookkeeping.live.known : undefined;
    if (directory === undefined) throw unavailableError(this.#settings.name, 'The rows cannot be read');
    const keys = directory.keysOf((group) => group.partition === partition);
    const read = async (part: readonly RowKey[]) => {
      const rows = await this.#readRows(part);
      if (rows.length === part.length) return rows;
      throw failedError('get', this.#settings.name, 'The rows cannot be read');
    };
    yield* storedEntries(keys, this.#codec, read, options);
  }

  async #readRows(keys: readonly RowKey[]): Promise<readonly unknown[]> {
    if (keys.length === 0) return [];
    const done = await this.#connection.run('get', (database, deadline) =>
      readRows(database, deadline, keys),
    );
    return done?.value ?? [];
  }

  #encode(entry: Entry, since: number | undefined): Encoded | undefined {
    try {
      const body = encodeEntry(entry);
      if (entry.tags.length > mostTags) throw new RangeError(`More than ${mostTags} tags`);
      return { entry, body, since };
    } catch (cause) {
      const key: unknown = (entry as Entry | null)?.key;
      const what = `An entry cannot be stored: ${describe(cause)}`;
      this.#reportError('set', failedError('set', this.#settings.name, what, cause, { key }));
      return undefined;
    }
  }

  #discard(keys: readonly string[], why: Unusable): void {
    if (why === 'damaged') {
      for (const key of keys) this.#reportError('get', corruptError(this.#settings.name, key));
    }
    if (why === 'expired') this.#sweep();
    else this.#changes.discard(keys);
  }

  /** Entries were deleted: elsewhere, that is to be told. @param all `undefined` when it is not known which */
  async #heard(all: readonly Invalidation[] | undefined, codec: InvalidationCodec): Promise<void> {
    const selectors = all === undefined ? [{ all: true as const }] : all.map((each) => codec.decode(each));
    for (const each of selectors) {
      const selector = each instanceof Promise ? await each : each;
      if (selector !== undefined) this.#listeners.report({ type: 'invalidated', tier: this.name, selector });
    }
  }

  #reportError(operation: Operation, error: PredcacheError): void {
    this.#listeners.report({ type: 'tier-error', tier: this.name, operation, error });
  }
}
