import { ignore } from '../ignore.js';
import type { Accounts, OutboxTransaction } from './outboxSchema.js';

/** The accounts as they are kept; counted anew where they are not there or make no sense. */
export async function readAccounts(transaction: OutboxTransaction): Promise<Accounts> {
  const kept: unknown = await transaction.objectStore('state').get('accounts');
  return areAccounts(kept) ? kept : countRecords(transaction);
}

export function writeAccounts(transaction: OutboxTransaction<'readwrite'>, accounts: Accounts): void {
  transaction.objectStore('state').put(accounts, 'accounts').catch(ignore);
}

/** What is really there: takes time in proportion to it. */
export async function countRecords(transaction: OutboxTransaction): Promise<Accounts> {
  let entries = 0;
  let bytes = 0;
  let cursor = await transaction.objectStore('records').openCursor();
  while (cursor !== null) {
    entries++;
    bytes += bytesOf(cursor.value).length;
    cursor = await cursor.continue();
  }
  return { entries, bytes };
}

/** A record's bytes; none where something else was put there. */
export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

function areAccounts(value: unknown): value is Accounts {
  const { entries, bytes } = (Object(value) ?? {}) as Partial<Record<keyof Accounts, unknown>>;
  return [entries, bytes].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}
