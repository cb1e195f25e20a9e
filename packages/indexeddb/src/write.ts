import type { Entry } from '@predcache/core';
import { unwrap } from 'idb';
import { type Accounts, ignore, readAccounts, recount, writeAccounts } from './accounts.js';
import { type Bounds, type Evicted, evict } from './eviction.js';
import { isEntry, type Row, toRow } from './row.js';
import type { Transaction } from './schema.js';
import { nameOf } from './storageErrors.js';

/** What one transaction writes: an entry for each key, `undefined` where what is stored shall go. */
export type Changes = ReadonlyMap<string, Entry | undefined>;

export interface WriteOutcome {
  readonly accounts: Accounts;
  readonly evicted: readonly Evicted[];
  /** Entries that cannot be stored; they do not keep the others from it. */
  readonly failed: readonly { readonly entry: Entry; readonly cause: unknown }[];
}

/** Writes, makes room and keeps the accounts, all in the transaction given. It awaits nothing but its requests. */
export async function write(
  transaction: Transaction<'readwrite'>,
  changes: Changes,
  bounds: Bounds,
  { verify }: { readonly verify: boolean },
): Promise<WriteOutcome> {
  const store = transaction.objectStore('entries');
  const before = await readAccounts(transaction, { verify });
  let { entries, bytes, nextSequence } = before;
  const failed: { entry: Entry; cause: unknown }[] = [];
  const replacing: string[] = [];
  const rows = new Map<string, Row>();

  const adding: Promise<void>[] = [];
  for (const [key, entry] of changes) {
    if (entry === undefined) {
      replacing.push(key);
      continue;
    }
    try {
      const row = toRow(entry, nextSequence++);
      const added = add(transaction, row).then((wasAdded) => {
        rows.set(key, row);
        if (!wasAdded) replacing.push(key);
      });
      added.catch(ignore);
      adding.push(added);
    } catch (cause) {
      if (!isEntrysFault(cause)) throw cause;
      failed.push({ entry, cause });
      // What it should have replaced must not be taken for it.
      replacing.push(key);
    }
  }
  await Promise.all(adding);

  const replaced = await Promise.all(replacing.map((key) => store.get(key)));
  let isCertain = true;
  for (const [index, key] of replacing.entries()) {
    const previous: unknown = replaced[index];
    const row = rows.get(key);
    if (previous !== undefined) {
      entries--;
      if (isEntry(previous)) bytes -= previous.size;
      else isCertain = false;
      if (row === undefined) store.delete(key).catch(ignore);
    } else if (row === undefined) continue;
    if (row !== undefined) store.put(row).catch(ignore);
  }
  for (const row of rows.values()) {
    entries++;
    bytes += row.size;
  }

  // A damaged row was in the way: what it had been counted for is anyone's guess.
  let accounts: Accounts = isCertain
    ? { entries, bytes, nextSequence }
    : await recount(transaction, nextSequence);
  const room = await evict(transaction, accounts, bounds, before.nextSequence);
  accounts = room.accounts;
  writeAccounts(transaction, accounts);
  return { accounts, evicted: room.evicted, failed };
}

/**
 * Adds a row; gives false where one of its key exists. Nearly every row is new, and asking first would make a batch
 * 30 % dearer.
 *
 * @throws {DOMException} `DataCloneError`, at once.
 */
function add(transaction: Transaction<'readwrite'>, row: Row): Promise<boolean> {
  const adding = transaction.objectStore('entries').add(row);
  unwrap(adding).addEventListener('error', (event) => {
    if ((event.target as IDBRequest).error?.name !== 'ConstraintError') return;
    // Else the transaction would abort, and `done` of idb reject.
    event.preventDefault();
    event.stopPropagation();
  });
  return adding.then(
    () => true,
    (error: unknown) => {
      if ((error as DOMException | null)?.name === 'ConstraintError') return false;
      throw error;
    },
  );
}

/** Whether an entry cannot be made into a row, rather than the transaction be of no use any more. */
function isEntrysFault(cause: unknown): boolean {
  return ['DataCloneError', 'DataError', 'TypeError', 'RangeError'].includes(nameOf(cause));
}
