import {
  type Entry,
  Listeners,
  type PredcacheError,
  type Selector,
  type Tier,
  type TierEvent,
  type TierListener,
  type TierUsage,
} from '@predcache/core';
import { type Accounts, emptyAccounts, readAccounts } from './accounts.js';
import { Changes } from './changes.js';
import { Connection } from './connection.js';
import { LookUps } from './lookUps.js';
import { type IndexedDBOptions, type Settings, toSettings } from './options.js';
import { isEntry } from './row.js';
import { corruptError, describe, failedError, type Operation } from './storageErrors.js';
import { transact } from './transact.js';
import { Unsettled } from './unsettled.js';
import { whenHidden } from './whenHidden.js';
import { WritePace } from './writePace.js';

/**
 * Keeps entries in IndexedDB, where they survive reloads and are there offline, within a budget of bytes and
 * entries; the oldest go first. Tabs of one origin share the database and its budget.
 *
 * Where there is no IndexedDB (on a server, in some private modes) it answers with misses, and says so once in a
 * `tier-error` event. Nothing that goes wrong with the storage is ever thrown.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const predictor = createPredictor({
 *   model: { name: 'language-id', version: '1', url: '/models/language-id.onnx' },
 *   tiers: [memory({ maxSize: 8e6 }), indexedDB({ maxSize: 64e6 })],
 *   onDevice,
 * });
 */
export function indexedDB(options: IndexedDBOptions = {}): IndexedDBTier {
  return new PersistentTier(toSettings(options));
}

/** The tier that `indexedDB` makes: all its methods give promises, and none of them rejects. */
export interface IndexedDBTier extends Tier {
  readonly name: 'indexeddb';
  getMany(keys: readonly string[]): Promise<readonly (Entry | undefined)[]>;
  setMany(entries: readonly Entry[]): Promise<number>;
  delete(selector: Selector): Promise<number>;
  usage(): Promise<TierUsage>;
  close(): Promise<void>;
}

class PersistentTier implements IndexedDBTier {
  readonly name = 'indexeddb';
  readonly #settings: Settings;
  readonly #listeners = new Listeners<TierEvent>();
  readonly #connection: Connection;
  readonly #lookUps: LookUps;
  readonly #changes: Changes;
  readonly #stopWatching: () => void;
  #accounts: Accounts = emptyAccounts();
  #closing: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    const unsettled = new Unsettled();
    const pace = new WritePace(settings.gatherTime);
    const connection = new Connection({
      name: settings.name,
      timeout: settings.timeout,
      report: (operation, error) => this.#reportError(operation, error),
      onOpened: () => void this.#readAccounts(),
    });
    this.#connection = connection;
    this.#lookUps = new LookUps({
      connection,
      unsettled,
      pace,
      onUnreadable: (keys, kind) => this.#discard(keys, kind),
    });
    this.#changes = new Changes({
      connection,
      bounds: settings,
      unsettled,
      pace,
      onChanged: (accounts) => {
        if (accounts === undefined) void this.#readAccounts();
        else this.#setAccounts(accounts);
      },
      onEvicted: (evicted) => this.#listeners.report({ type: 'evicted', tier: this.name, ...evicted }),
      onRefused: ({ key, model, size }) =>
        this.#listeners.report({ type: 'refused', tier: this.name, key, model, size, reason: 'size' }),
      onEntryFailed: (entry, cause) => this.#reportEntry(entry, describe(cause), cause),
    });
    this.#stopWatching = whenHidden(() => this.#changes.flush());
  }

  /** Also opens the database, so that the first look-up need not wait for that. */
  subscribe(listener: TierListener): () => void {
    const unsubscribe = this.#listeners.add(listener);
    this.#connection.warmUp();
    return unsubscribe;
  }

  async getMany(keys: readonly string[]): Promise<readonly (Entry | undefined)[]> {
    if (this.#closing !== undefined) return keys.map(() => undefined);
    return this.#lookUps.getMany(keys);
  }

  async setMany(entries: readonly Entry[]): Promise<number> {
    if (this.#closing !== undefined) return 0;
    return this.#changes.write(entries.filter((entry) => this.#isStorable(entry)));
  }

  async delete(selector: Selector): Promise<number> {
    if (this.#closing !== undefined) return 0;
    return this.#changes.delete(selector);
  }

  /** Of the whole database, other tabs' entries included. What was known last, where the database does not answer. */
  async usage(): Promise<TierUsage> {
    if (this.#closing === undefined) await this.#readAccounts();
    return this.#toUsage(this.#accounts);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopWatching();
    await Promise.all([this.#lookUps.idle(), this.#changes.finish()]);
    // A look-up may have found rows to remove.
    await this.#changes.finish();
    this.#connection.close();
    this.#listeners.clear();
  }

  #isStorable(entry: Entry): boolean {
    if (isEntry(entry)) return true;
    this.#reportEntry(entry, 'It is no entry whose outputs are tensors or a JSON value');
    return false;
  }

  #discard(keys: readonly string[], kind: 'damaged' | 'older'): void {
    if (kind === 'damaged') {
      for (const key of keys) this.#reportError('get', corruptError(this.#settings.name, key));
    }
    this.#changes.discard(keys);
  }

  async #readAccounts(): Promise<void> {
    const done = await this.#connection.run('usage', (database, deadline) =>
      transact(database, deadline, ['entries', 'state'], 'readonly', (transaction) =>
        readAccounts(transaction),
      ),
    );
    if (done !== undefined) this.#setAccounts(done.value);
  }

  #setAccounts(accounts: Accounts): void {
    this.#accounts = accounts;
    if (!this.#listeners.isEmpty) {
      this.#listeners.report({ type: 'usage', tier: this.name, usage: this.#toUsage(accounts) });
    }
  }

  #toUsage({ entries, bytes }: Accounts): TierUsage {
    const { maxSize, maxEntries } = this.#settings;
    return { entries, bytes, maxSize, ...(Number.isFinite(maxEntries) ? { maxEntries } : {}) };
  }

  #reportError(operation: Operation, error: PredcacheError): void {
    this.#listeners.report({ type: 'tier-error', tier: this.name, operation, error });
  }

  #reportEntry(entry: Entry, what: string, cause?: unknown): void {
    const key: unknown = (entry as Entry | null)?.key;
    const error = failedError('set', this.#settings.name, `An entry cannot be stored: ${what}`, cause, {
      key,
    });
    this.#reportError('set', error);
  }
}
