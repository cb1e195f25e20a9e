import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';

/** What the database holds. The layout of the values is documented in `docs/storage.md`. */
export interface Schema extends DBSchema {
  /** A row an entry, by its row key: a header and the entry in core's binary format (`row.ts`). */
  rows: { key: ArrayBuffer; value: Uint8Array<ArrayBuffer> };
  /** What happened to the rows, in the order of the sequence (`journalRecord.ts`). */
  journal: { key: number; value: Uint8Array<ArrayBuffer> };
  /** `canary`: this database's random name. `hot …`, one a partition: the packed hot set (`hotSet.ts`). */
  state: { key: string; value: string | Uint8Array<ArrayBuffer> };
}

export type StoreName = 'rows' | 'journal' | 'state';
export const allStores: StoreName[] = ['rows', 'journal', 'state'];
export type Database = IDBPDatabase<Schema>;
export type Transaction<Mode extends IDBTransactionMode = IDBTransactionMode> = IDBPTransaction<
  Schema,
  StoreName[],
  Mode
>;

/**
 * The layout of the stores is part of the database's name: an app with another layout uses another database, so that
 * an old and a new one work beside each other and neither waits for the other's tabs to close, as an upgrade would.
 * What rows and records look like have versions of their own, inside them.
 */
const layout = 3;

export function databaseName(name: string): string {
  return `${name}.${layout}`;
}

export const schemaVersion = 1;

/** Makes the stores of a new database. */
export function createStores(database: Database): void {
  // No index: each makes a write 15-20 % dearer, and the directory knows what one would tell.
  for (const store of allStores) database.createObjectStore(store);
}

/** Where a partition's hot set is in the store `state`. */
export function hotSetName(partition: string): string {
  return `hot ${partition}`;
}

/** Those of all partitions. Made when needed: there is no IDBKeyRange on a server. */
export function hotSetNames(): IDBKeyRange {
  return IDBKeyRange.bound('hot ', 'hot ~');
}
