import { type Accounts, ignore, recount } from './accounts.js';
import { isCount } from './row.js';
import type { Transaction } from './schema.js';

/** What the tier may hold: bytes by `Entry.size`, and rows. */
export interface Bounds {
  readonly maxSize: number;
  /** `Infinity` when not bounded. */
  readonly maxEntries: number;
}

export interface Evicted {
  readonly key: string;
  readonly model: string;
  readonly size: number;
  readonly reason: 'size' | 'entries';
}

/** Making room goes on down to this part of a bound, so that not every write has to make room. */
const lowWaterMark = 0.9;
/** Rows that one transaction evicts beyond what it must. Deleting takes 0.1-0.2 ms a row, and look-ups wait for it. */
const maxSurplus = 256;

/**
 * Deletes the oldest rows while a bound is exceeded, then on to the low-water mark.
 *
 * @param firstNew The sequence of the first row this transaction wrote: those go only while a bound is exceeded.
 */
export async function evict(
  transaction: Transaction<'readwrite'>,
  before: Accounts,
  { maxSize, maxEntries }: Bounds,
  firstNew: number,
): Promise<{ readonly accounts: Accounts; readonly evicted: readonly Evicted[] }> {
  let { entries, bytes } = before;
  const { nextSequence } = before;
  const evicted: Evicted[] = [];
  const exceeded = (): Evicted['reason'] | undefined =>
    bytes > maxSize ? 'size' : entries > maxEntries ? 'entries' : undefined;
  const first = exceeded();
  if (first === undefined) return { accounts: before, evicted };

  const entriesMark = Math.ceil(maxEntries * lowWaterMark);
  const isAboveMark = () => bytes > maxSize * lowWaterMark || entries > entriesMark;
  let reason = first;
  let surplus = 0;
  const store = transaction.objectStore('entries');
  let cursor = await store.index('order').openKeyCursor();
  while (cursor !== null) {
    const [sequence, size, model] = cursor.key;
    const now = exceeded();
    reason = now ?? reason;
    if (now === undefined && (sequence >= firstNew || !isAboveMark() || ++surplus > maxSurplus)) break;
    const { primaryKey } = cursor;
    store.delete(primaryKey).catch(ignore);
    entries--;
    if (isCount(size)) bytes -= size;
    evicted.push({ key: primaryKey, model, size, reason });
    cursor = await cursor.continue();
  }
  // Every row gone and still too much: the accounts were wrong.
  if (exceeded() !== undefined) return { accounts: await recount(transaction, nextSequence), evicted };
  return { accounts: { entries, bytes, nextSequence }, evicted };
}
