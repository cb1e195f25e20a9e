import type { RowFacts } from './directory.js';
import { ignore } from './ignore.js';
import { factsOfRow } from './row.js';
import type { RowKey } from './rowKey.js';
import type { Transaction } from './schema.js';

const rowsAtOnce = 500;

/** What every row says of itself, read some at a time. Rows that say nothing are removed. */
export async function* readAllFacts(
  transaction: Transaction<'readwrite'>,
): AsyncGenerator<[RowKey, RowFacts]> {
  const store = transaction.objectStore('rows');
  let range: IDBKeyRange | undefined;
  for (;;) {
    const [keys, values] = await Promise.all([
      store.getAllKeys(range, rowsAtOnce),
      store.getAll(range, rowsAtOnce),
    ]);
    for (const [index, key] of keys.entries()) {
      const facts = isRowKey(key) ? factsOfRow(values[index]) : undefined;
      if (facts === undefined) store.delete(key).catch(ignore);
      else yield [new Uint32Array(key), facts];
    }
    if (keys.length < rowsAtOnce) return;
    range = IDBKeyRange.lowerBound(keys.at(-1)!, true);
  }
}

/** The sequence of the journal's last record, as its key in the store says; 0 when there is none that can be. */
export async function lastSequence(transaction: Transaction<'readwrite'>): Promise<number> {
  const last = await transaction.objectStore('journal').openKeyCursor(null, 'prev');
  // What is none of ours must not use up the numbers.
  return last !== null && Number.isSafeInteger(last.key) && last.key < 2 ** 52 ? last.key : 0;
}

function isRowKey(key: unknown): key is ArrayBuffer {
  return key instanceof ArrayBuffer && key.byteLength === 32;
}
