import { isCount } from './row.js';
import type { Transaction } from './schema.js';

/**
 * How full the database is. Kept in it, and changed in the transactions that change the rows: so it stays right with
 * several tabs at work, and after a crash.
 */
export interface Accounts {
  readonly entries: number;
  /** The sum of `Entry.size`. */
  readonly bytes: number;
  /** For the next row that is written. */
  readonly nextSequence: number;
}

/** The accounts of an empty database, its rows going on from where they were. */
export function emptyAccounts(nextSequence = 0): Accounts {
  return { entries: 0, bytes: 0, nextSequence };
}

/**
 * Reads the accounts. Where they are missing or make no sense they are counted anew.
 *
 * @param verify Also count anew when they name another number of rows than there are: a damaged database may have
 *   lost some. Costs about 0.1 ms per 1,000 rows, in the browser's process.
 */
export async function readAccounts(transaction: Transaction, { verify = false } = {}): Promise<Accounts> {
  const [stored, rows] = await Promise.all([
    transaction.objectStore('state').get('accounts'),
    verify ? transaction.objectStore('entries').index('order').count() : undefined,
  ]);
  if (!isAccounts(stored)) return recount(transaction);
  if (rows !== undefined && rows !== stored.entries) return recount(transaction, stored.nextSequence);
  return stored;
}

/** Counts all rows. Slow, about 20 ms per 1,000 rows: only for when the accounts cannot be trusted. */
export async function recount(transaction: Transaction, nextSequence = 0): Promise<Accounts> {
  let entries = 0;
  let bytes = 0;
  let next = nextSequence;
  let cursor = await transaction.objectStore('entries').index('order').openKeyCursor();
  while (cursor !== null) {
    const [sequence, size] = cursor.key;
    entries++;
    if (isCount(size)) bytes += size;
    if (Number.isSafeInteger(sequence)) next = Math.max(next, sequence + 1);
    cursor = await cursor.continue();
  }
  return { entries, bytes, nextSequence: next };
}

/** Puts the accounts into a transaction, whose outcome tells whether that worked. */
export function writeAccounts(transaction: Transaction<'readwrite'>, accounts: Accounts): void {
  transaction.objectStore('state').put(accounts, 'accounts').catch(ignore);
}

/** Removes the accounts, to be counted anew when they are next needed. Unlike writing them, this takes no space. */
export function forgetAccounts(transaction: Transaction<'readwrite'>): void {
  transaction.objectStore('state').delete('accounts').catch(ignore);
}

/** For a request whose failure aborts its transaction: the transaction reports it. */
export function ignore(): void {}

function isAccounts(value: unknown): value is Accounts {
  if (typeof value !== 'object' || value === null) return false;
  const { entries, bytes, nextSequence } = value as Partial<Record<keyof Accounts, unknown>>;
  return isCount(entries) && isCount(bytes) && isCount(nextSequence) && Number.isSafeInteger(nextSequence);
}
