import type { Deadline } from './deadline.js';
import { ignore } from './ignore.js';
import type { Database, StoreName, Transaction } from './schema.js';

export interface TransactOptions {
  readonly database: Database;
  readonly deadline: Deadline;
  readonly stores: StoreName[];
  /** @default 'relaxed' */
  readonly durability?: 'relaxed' | 'strict';
}

/**
 * Reads in a transaction, and gives what `body` gives as soon as it is there. `body` must await nothing but requests of
 * the transaction.
 *
 * @throws What aborted the transaction, or the deadline's error; the transaction is then aborted.
 */
export function reading<T>(
  options: TransactOptions,
  body: (transaction: Transaction<'readonly'>) => Promise<T>,
): Promise<T> {
  return transact(options, 'readonly', body);
}

/** Writes in a transaction, and gives what `body` gives once it is committed. As `reading` otherwise. */
export function writing<T>(
  options: TransactOptions,
  body: (transaction: Transaction<'readwrite'>) => Promise<T>,
): Promise<T> {
  return transact(options, 'readwrite', body);
}

async function transact<T, Mode extends 'readonly' | 'readwrite'>(
  { database, deadline, stores, durability = 'relaxed' }: TransactOptions,
  mode: Mode,
  body: (transaction: Transaction<Mode>) => Promise<T>,
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
