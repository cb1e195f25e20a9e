import { ignore } from './ignore.js';
import type { LiveDirectory } from './liveDirectory.js';
import type { RowKey } from './rowKey.js';
import type { Transaction } from './schema.js';

export interface DeletionOutcome {
  readonly removed: number;
  /** To be called once the transaction is committed. */
  readonly committed: () => void;
}

/**
 * Removes rows and tells the journal, in the transaction given. It awaits nothing but its requests.
 *
 * @param dropJournal Write nothing at all: with no space left, only removing goes through. The journal is then made anew
 *   by whoever needs it next.
 */
export async function deleteRows(
  transaction: Transaction<'readwrite'>,
  keys: readonly RowKey[],
  live: LiveDirectory,
  dropJournal: boolean,
): Promise<DeletionOutcome> {
  const directory = await live.catchUp(transaction);
  const rows = transaction.objectStore('rows');
  const known = keys.filter((key) => directory.has(key));
  // Also those that are not known: a row that nobody knows would stay for ever.
  for (const key of keys) rows.delete(key.buffer).catch(ignore);
  const changes = known.map((key) => ({ kind: 'removed' as const, key }));
  if (changes.length === 0) return { removed: 0, committed: ignore };
  const committed = dropJournal ? live.drop(transaction, changes) : live.write(transaction, changes);
  return { removed: known.length, committed };
}
