import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Deadline } from './deadline.js';
import { ignore } from './ignore.js';
import type { Schema } from './schema.js';

export interface TransactOptions<Stores extends DBSchema = Schema> {
  readonly database: IDBPDatabase<Stores>;
  readonly deadline: Deadline;
  readonly stores: StoreNames<Stores>[];
  /** @default 'relaxed' */
  readonly durability?: 'relaxed' | 'strict';
}

type TransactionOf<Stores extends DBSchema, Mode extends IDBTransactionMode> = IDBPTransaction<
  Stores,
  StoreNames<Stores>[],
  Mode
>;

/**
 * Reads in a transaction, and gives what `body` gives as soon as it is there. `body` must await nothing but requests of
 * the transaction.
 *
 * @throws What aborted the transaction, or the deadline's error; the transaction is then aborted.
 */
export function reading<T, Stores extends DBSchema = Schema>(
  options: TransactOptions<Stores>,
  body: (transaction: TransactionOf<Stores, 'readonly'>) => Promise<T>,
): Promise<T> {
  return transact(options, 'readonly', body);
}

/** Writes in a transaction, and gives what `body` gives once it is committed. As `reading` otherwise. */
export function writing<T, Stores extends DBSchema = Schema>(
  options: TransactOptions<Stores>,
  body: (transaction: TransactionOf<Stores, 'readwrite'>) => Promise<T>,
): Promise<T> {
  return transact(options, 'readwrite', body);
}

async function transact<T, Stores extends DBSchema, Mode extends 'readonly' | 'readwrite'>(
  { database, deadline, stores, durability = 'relaxed' }: TransactOptions<Stores>,
  mode: Mode,
  body: (transaction: TransactionOf<Stores, Mode>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction(stores, mode, { durability });
  transaction.done.catch(ignore);
  try {
    const value = await deadline.race(body(transaction));
    if (mode === 'readwrite') {
      // Saves waiting for the browser to find out that nothing more is to come.
      transaction.commit();
      await deadline.race(transaction.done);
    }
    return value;
  } catch (cause) {
    // A request of an aborted transaction fails with a mere AbortError; the transaction knows why.
    const reason = transaction.error ?? cause;
    abort(transaction);
    throw deadline.isOver ? cause : reason;
  }
}

/** Ends it without effect, if it has not ended. */
export function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
