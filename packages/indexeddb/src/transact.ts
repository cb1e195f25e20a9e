import { ignore } from './accounts.js';
import type { Deadline } from './deadline.js';
import type { Database, StoreName, Transaction } from './schema.js';

/**
 * Runs `body` in a transaction and gives its result: for a readonly one as soon as it is there, for a readwrite one
 * once it is committed. `body` must await nothing but requests of the transaction.
 *
 * @throws What aborted the transaction, or the deadline's error; the transaction is then aborted.
 */
export async function transact<T, Mode extends 'readonly' | 'readwrite'>(
  database: Database,
  deadline: Deadline,
  stores: StoreName[],
  mode: Mode,
  body: (transaction: Transaction<Mode>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction(stores, mode, { durability: 'relaxed' });
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

function abort(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
