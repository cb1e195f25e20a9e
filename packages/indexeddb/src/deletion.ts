import type { Directory, RowFacts } from './directory.js';
import { ignore } from './ignore.js';
import type { InvalidationContent } from './invalidation.js';
import type { LiveDirectory } from './liveDirectory.js';
import type { RowKey } from './rowKey.js';
import { hotSetName, type Transaction } from './schema.js';

export interface RemovedRow extends RowFacts {
  readonly key: RowKey;
}

export interface DeletionOutcome {
  readonly removed: readonly RemovedRow[];
  /** To be called once the transaction is committed. */
  readonly committed: () => void;
}

export interface Deletion {
  readonly live: LiveDirectory;
  /**
   * Says which rows go, given the directory in step with the database, so that no other tab's are forgotten. Those that it
   * does not have are removed as well: a row that nobody knows would stay for ever.
   */
  readonly choose: (directory: Directory) => readonly RowKey[];
  /** The partition whose hot set goes with them, for it may hold them. */
  readonly hotSetOf?: string | undefined;
  /** What to tell those whose computations are under way, where somebody ordered it: told even if no row goes. */
  readonly ordered?: InvalidationContent | undefined;
  /**
   * Write nothing at all: with no space left, only removing goes through. The journal is then made anew by whoever needs
   * it next.
   */
  readonly dropsJournal: boolean;
}

/** Removes rows and tells the journal, in the transaction given. It awaits nothing but its requests. */
export async function deleteRows(
  transaction: Transaction<'readwrite'>,
  { live, choose, hotSetOf, ordered, dropsJournal }: Deletion,
): Promise<DeletionOutcome> {
  const directory = await live.catchUp(transaction);
  const keys = choose(directory);
  const rows = transaction.objectStore('rows');
  const removed: RemovedRow[] = [];
  for (const key of keys) {
    const facts = directory.get(key);
    if (facts !== undefined) removed.push({ key, ...facts });
    rows.delete(key.buffer).catch(ignore);
  }
  if (removed.length === 0 && ordered === undefined) return { removed, committed: ignore };
  if (hotSetOf !== undefined && removed.length > 0)
    transaction.objectStore('state').delete(hotSetName(hotSetOf)).catch(ignore);
  const changes = removed.map(({ key }) => ({ kind: 'removed' as const, key }));
  // With the journal gone, other tabs know that they cannot know what was deleted.
  const committed = dropsJournal
    ? live.drop(transaction, changes, ordered)
    : live.write(transaction, changes, ordered);
  return { removed, committed };
}
