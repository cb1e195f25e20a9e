import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { Layout } from '../connection.js';
import { partitionId } from '../rowCodec.js';

/** What is in the store of records, kept in the same transaction as they are. */
export interface Accounts {
  readonly entries: number;
  readonly bytes: number;
}

/** What the database holds. Keys of records are given by the browser: each is above all before it, in all tabs. */
export interface OutboxSchema extends DBSchema {
  records: { key: number; value: Uint8Array };
  /** Empty but for moments, see `logRenewal.ts`. */
  padding: { key: number; value: Uint8Array };
  /** `accounts`, and `canary`: this database's random name (`canary.ts`). */
  state: { key: string; value: Accounts | string };
}

export type OutboxStoreName = 'records' | 'state' | 'padding';
export type OutboxDatabase = IDBPDatabase<OutboxSchema>;
export type OutboxTransaction<Mode extends IDBTransactionMode = IDBTransactionMode> = IDBPTransaction<
  OutboxSchema,
  OutboxStoreName[],
  Mode
>;

/** Those that every transaction takes. */
export const outboxStores: OutboxStoreName[] = ['records', 'state'];

export const outboxLayout: Layout<OutboxSchema> = {
  version: 1,
  stores: [...outboxStores, 'padding'],
  create: (database) => {
    database.createObjectStore('records', { autoIncrement: true });
    database.createObjectStore('state');
    database.createObjectStore('padding');
  },
};

/** As with the tier's, the layout is part of the name; and so is the partition, by a digest. */
export function outboxDatabaseName(name: string, partition: string | undefined): string {
  const owner = partition === undefined ? '' : `.${partitionId(partition)}`;
  return `predcache-outbox.${name}${owner}.1`;
}
