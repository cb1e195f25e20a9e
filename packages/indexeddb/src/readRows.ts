import { unwrap } from 'idb';
import type { Deadline } from './deadline.js';
import type { RowKey } from './rowKey.js';
import type { Database } from './schema.js';
import { abort } from './transact.js';

/**
 * Reads rows in a transaction of their own: what is stored under each key, `undefined` for nothing. Without `idb`: its
 * proxies and promises would cost a single look-up 8 % of its time.
 *
 * @param keys at least one
 * @throws What aborted the transaction, or the deadline's error; the transaction is then aborted.
 */
export async function readRows(
  database: Database,
  deadline: Deadline,
  keys: readonly RowKey[],
): Promise<unknown[]> {
  const transaction = unwrap(database).transaction('rows', 'readonly');
  try {
    return await deadline.race(valuesOf(transaction, keys));
  } catch (cause) {
    abort(transaction);
    throw cause;
  }
}

function valuesOf(transaction: IDBTransaction, keys: readonly RowKey[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const store = transaction.objectStore('rows');
    const requests = keys.map((key): IDBRequest<unknown> => store.get(key.buffer));
    // They are answered in order, and what fails one of them fails the last one.
    const last = requests.at(-1)!;
    last.onsuccess = () => resolve(requests.map(({ result }) => result));
    // Chromium aborts no transaction when it closes the database by force, as it does when the storage is cleared: its
    // requests fail, and that is all.
    last.onerror = () => reject(transaction.error ?? last.error);
    transaction.onabort = () => reject(transaction.error ?? new DOMException('It was aborted', 'AbortError'));
  });
}
