import { ignore } from './accounts.js';
import type { Ledger } from './ledger.js';
import { isEntry, readRow } from './row.js';
import type { OrderKey, Transaction } from './schema.js';

/** Rows that one transaction of a deletion by model walks, so that it ends long before its timeout. */
const maxWalked = 5_000;
/** Rows that it deletes. */
const maxDeleted = 500;

/** Each of these tells the ledger what it removes. They await nothing but requests of the transaction. */
export type Deletion = (transaction: Transaction<'readwrite'>, ledger: Ledger) => Promise<void>;

export const deleteAll: Deletion = async (transaction, ledger) => {
  const store = transaction.objectStore('entries');
  const entries = await store.count();
  store.clear().catch(ignore);
  ledger.cleared(entries);
};

export function deleteKeys(keys: Iterable<string>): Deletion {
  return deleteWhere(keys, () => true);
}

/** Removes rows that a look-up found damaged or of an older format, unless they have been replaced since. */
export function deleteUnreadable(keys: Iterable<string>): Deletion {
  return deleteWhere(keys, (value, key) => {
    const { kind } = readRow(value, key);
    return kind === 'damaged' || kind === 'older';
  });
}

function deleteWhere(keys: Iterable<string>, matches: (value: unknown, key: string) => boolean): Deletion {
  const asked = [...new Set(keys)];
  return async (transaction, ledger) => {
    const store = transaction.objectStore('entries');
    const values = await Promise.all(asked.map((key) => store.get(key) as Promise<unknown>));
    for (const [index, key] of asked.entries()) {
      const value = values[index];
      if (value === undefined || !matches(value, key)) continue;
      store.delete(key).catch(ignore);
      ledger.removed(isEntry(value) ? value.size : undefined);
    }
  };
}

/**
 * Removes a model's rows, some thousands at a time.
 *
 * @param onPart Hears where to go on, `undefined` when nothing is left; the transaction may still abort.
 */
export function deleteModel(
  model: string,
  from: OrderKey | undefined,
  onPart: (next: OrderKey | undefined) => void,
): Deletion {
  return async (transaction, ledger) => {
    const store = transaction.objectStore('entries');
    const range = from === undefined ? null : IDBKeyRange.lowerBound(from);
    let walked = 0;
    let deleted = 0;
    let cursor = await store.index('order').openKeyCursor(range);
    while (cursor !== null && walked < maxWalked && deleted < maxDeleted) {
      walked++;
      const [, size, rowModel] = cursor.key;
      if (rowModel === model) {
        store.delete(cursor.primaryKey).catch(ignore);
        deleted++;
        ledger.removed(size);
      }
      cursor = await cursor.continue();
    }
    onPart(cursor?.key);
  };
}
