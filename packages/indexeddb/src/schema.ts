import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { Accounts } from './accounts.js';
import type { Row } from './row.js';

/** What the database holds: one row an entry, and the tier's own state beside them. */
export interface Schema extends DBSchema {
  entries: {
    key: string;
    value: Row;
    /**
     * `[sequence, size, model]`, the oldest first. All that eviction and the accounts need stands in the index key,
     * so that walking it never reads a row's value.
     */
    indexes: { order: OrderKey };
  };
  state: { key: 'accounts'; value: Accounts };
}

export type OrderKey = [sequence: number, size: number, model: string];
export type StoreName = 'entries' | 'state';
export type Database = IDBPDatabase<Schema>;
export type Transaction<Mode extends IDBTransactionMode = IDBTransactionMode> = IDBPTransaction<
  Schema,
  StoreName[],
  Mode
>;

/**
 * The version of the stores. What a row looks like has a version of its own, `rowFormat`: it can change without an
 * upgrade, which another tab could block.
 */
export const schemaVersion = 1;

/** Makes the stores of a new database. */
export function createStores(database: Database): void {
  // One index only, for every index makes each write 15-20 % dearer; deleting by model walks it too.
  database
    .createObjectStore('entries', { keyPath: 'key' })
    .createIndex('order', ['sequence', 'size', 'model']);
  database.createObjectStore('state');
}
