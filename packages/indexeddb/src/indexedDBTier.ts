import type { Entry, Selector, SetOptions, Tier, TierUsage } from '@predcache/core';
import type { ExportOptions } from './exporting.js';
import type { ImportOptions, ImportResult } from './importing.js';
import { type IndexedDBOptions, toSettings } from './options.js';
import { PersistentTier } from './persistentTier.js';
import type { StorageEstimate } from './storageManager.js';

/** How full the database is, by our own count and by the browser's. */
export interface IndexedDBUsage extends TierUsage {
  /** Absent where the browser does not say. */
  readonly estimate?: StorageEstimate | undefined;
}

/** The tier that `indexedDB` makes: nothing throws or rejects, but `export` and `import`, which say when they fail. */
export interface IndexedDBTier extends Tier {
  readonly name: 'indexeddb';

  /**
   * What is in memory: the hot set, once `ready`, and what is just being written. Any other entry takes a `getMany`.
   */
  peek(key: string): Entry | undefined;
  getMany(keys: readonly string[]): Promise<readonly (Entry | undefined)[]>;
  setMany(entries: readonly Entry[], options?: SetOptions): Promise<number>;

  /**
   * Stands for what was deleted so far, in this tab and others: take it before you begin to compute, and give it to
   * `setMany`.
   *
   * @example
   * const since = tier.mark();
   * const entry = await compute();
   * await tier.setMany([entry], { since }); // 0 if a deletion called meanwhile, in any tab, covers it
   */
  mark(): number;

  /** The database and the partition. */
  readonly scope: string;

  /**
   * A deletion by `where` reads every row of the model; one that the function throws on is deleted, and a `tier-error` says
   * so.
   */
  delete(selector: Selector): Promise<number>;

  /** Of the whole database, other tabs' and other partitions' entries included. */
  usage(): Promise<IndexedDBUsage>;

  /**
   * Removes every entry of a partition, of this tier's own when none is named. Clearing that of someone who has logged out
   * needs neither their tier nor their key.
   *
   * @returns the number of entries removed
   */
  clear(options?: { readonly partition?: string | undefined }): Promise<number>;

  /** Opens the database and settles when its keys are known and the hot set answers `peek`, or that is not to be had. */
  ready(): Promise<void>;

  /**
   * The entries of this tier's partition as a stream of bytes, in the format of `docs/entry-format.md`: decrypted, whatever
   * `encrypt` is, so that any tier can take them. Rows are read while someone reads the stream, which fails with a
   * `PredcacheError` when they cannot be.
   *
   * @example
   * await tier.export({ onProgress: ({ entries, total }) => show(entries / total) }).pipeTo(file);
   */
  export(options?: ExportOptions): ReadableStream<Uint8Array<ArrayBuffer>>;

  /**
   * Stores what another tier exported, entry by entry: one that is damaged, of another model than `models`, too old, or
   * known already is refused, and the next one is looked at.
   *
   * @returns how many were stored, and how many were refused for what
   * @throws {PredcacheError} `STORAGE_CORRUPT` for a stream that is none of ours or ends early; what was intact is stored.
   *   With the signal's reason when it aborts.
   *
   * @example
   * const { imported, refused } = await tier.import(response.body, { models: [predictor.modelId] });
   */
  import(stream: ReadableStream<Uint8Array>, options?: ImportOptions): Promise<ImportResult>;

  close(): Promise<void>;
}

/**
 * Keeps entries in IndexedDB, where they survive reloads and are there offline, within a budget of bytes and entries;
 * those that were not used the longest go first. Tabs of one origin share the database and its budget.
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
