import type { OutboxStore } from '@predcache/core';
import { DurableOutbox } from './durableOutbox.js';
import { type IndexedDBOutboxOptions, toOutboxStoreSettings } from './outboxOptions.js';

/** The store that `indexedDBOutbox` makes. Every call settles in time; what fails rejects with a `PredcacheError`. */
export interface IndexedDBOutbox extends OutboxStore {
  readonly name: string;

  /**
   * Gives up all that waits, for instance when its owner has left for good.
   *
   * @returns the number of writes given up
   * @throws {PredcacheError} `STORAGE_…`
   */
  clear(): Promise<number>;
}

/**
 * Keeps what waits for the app's origin in an IndexedDB database of its own, on the disk before `append` settles: a crash
 * of the page, the browser or the system loses none of it. Tabs of one origin share it, and its bounds.
 *
 * The browser may still throw it away with all else that the site has stored, when space is scarce or the user says so:
 * `requestPersistence` makes that less likely.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const outbox = new Outbox({ store: indexedDBOutbox({ name: 'corrections', partition: userId }), origin });
 */
export function indexedDBOutbox(options: IndexedDBOutboxOptions = {}): IndexedDBOutbox {
  return new DurableOutbox(toOutboxStoreSettings(options));
}
