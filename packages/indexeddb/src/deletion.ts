import { type Accounts, emptyAccounts, ignore, readAccounts, recount, writeAccounts } from './accounts.js';
import { isCount, isEntry, readRow } from './row.js';
import type { OrderKey, Transaction } from './schema.js';

export interface Deletion {
  readonly accounts: Accounts;
  readonly removed: number;
}

/** Rows that one transaction of a deletion by model walks, so that it ends long before its timeout. */
const maxWalked = 5_000;
/** Rows that it deletes. */
const maxDeleted = 500;

export async function deleteAll(transaction: Transaction<'readwrite'>): Promise<Deletion> {
  const { entries, nextSequence } = await readAccounts(transaction);
  transaction.objectStore('entries').clear().catch(ignore);
  const accounts = emptyAccounts(nextSequence);
  writeAccounts(transaction, accounts);
  return { accounts, removed: entries };
}

export async function deleteKeys(
  transaction: Transaction<'readwrite'>,
  keys: Iterable<string>,
): Promise<Deletion> {
  return deleteWhere(transaction, keys, () => true);
}

/** Removes rows that a look-up found damaged or of an older format, unless they have been replaced since. */
export async function deleteUnreadable(
  transaction: Transaction<'readwrite'>,
  keys: Iterable<string>,
): Promise<Deletion> {
  return deleteWhere(transaction, keys, (value, key) => {
    const { kind } = readRow(value, key);
    return kind === 'damaged' || kind === 'older';
  });
}

async function deleteWhere(
  transaction: Transaction<'readwrite'>,
  keys: Iterable<string>,
  matches: (value: unknown, key: string) => boolean,
): Promise<Deletion> {
  const store = transaction.objectStore('entries');
  const asked = [...new Set(keys)];
  const [before, ...values] = await Promise.all([
    readAccounts(transaction),
    ...asked.map((key) => store.get(key) as Promise<unknown>),
  ]);
  let { entries, bytes } = before;
  let removed = 0;
  let isCertain = true;
  for (const [index, key] of asked.entries()) {
    const value = values[index];
    if (value === undefined || !matches(value, key)) continue;
    store.delete(key).catch(ignore);
    removed++;
    entries--;
    if (isEntry(value)) bytes -= value.size;
    else isCertain = false;
  }
  const { nextSequence } = before;
  const accounts = isCertain ? { entries, bytes, nextSequence } : await recount(transaction, nextSequence);
  if (removed > 0) writeAccounts(transaction, accounts);
  return { accounts, removed };
}

/** How far a deletion by model has come. */
export interface ModelDeletion extends Deletion {
  /** Where to go on; `undefined` when it is done. */
  readonly next: OrderKey | undefined;
}

/** Removes a model's rows, some thousands at a time. */
export async function deleteModel(
  transaction: Transaction<'readwrite'>,
  model: string,
  from?: OrderKey,
): Promise<ModelDeletion> {
  const store = transaction.objectStore('entries');
  const before = await readAccounts(transaction);
  let { entries, bytes } = before;
  const { nextSequence } = before;
  const range = from === undefined ? null : IDBKeyRange.lowerBound(from);
  let next: OrderKey | undefined;
  let walked = 0;
  let removed = 0;
  let cursor = await store.index('order').openKeyCursor(range);
  while (cursor !== null) {
    if (walked === maxWalked || removed === maxDeleted) {
      next = cursor.key;
      break;
    }
    walked++;
    const [, size, rowModel] = cursor.key;
    if (rowModel === model) {
      store.delete(cursor.primaryKey).catch(ignore);
      removed++;
      entries--;
      if (isCount(size)) bytes -= size;
    }
    cursor = await cursor.continue();
  }
  const accounts = { entries, bytes, nextSequence };
  if (removed > 0) writeAccounts(transaction, accounts);
  return { accounts, removed, next };
}
