import { Directory } from './directory.js';
import { decodeRecord, type PackedRecord } from './journalRecord.js';
import { pauseForOthers } from './pauseForOthers.js';
import type { RowKey } from './rowKey.js';

/** Changes that are applied at once: about 2 ms. */
const sliceOfChanges = 4_096;

/** What a journal tells. */
export interface JournalContents {
  readonly directory: Directory;
  /** The sequence of its last record; 0 when it has none. */
  readonly seen: number;
  /** How many changes it tells of. */
  readonly length: number;
}

export interface ToldByJournal extends JournalContents {
  /** The sequence of the record that starts anew. */
  readonly startsAt: number;
  /** The keys of rows that records after that sequence tell to be added or removed. */
  changedSince(sequence: number): Iterable<RowKey>;
}

/**
 * Takes a journal in, a slice at a time, so that no task is long.
 *
 * @param records all that there are, in order
 * @returns `undefined` when a record is damaged or missing; `dropped` when it does not begin at a start, for it was
 *   dropped for want of space
 */
export async function readJournal(
  records: readonly unknown[],
): Promise<ToldByJournal | 'dropped' | undefined> {
  const decoded: PackedRecord[] = [];
  for (const value of records) {
    const record = decodeRecord(value);
    if (record === undefined) return undefined;
    decoded.push(record);
  }
  const start = decoded.findLastIndex((record) => record.startsAnew);
  if (start < 0 && decoded.length > 0) return 'dropped';
  const directory = new Directory();
  let seen = 0;
  let length = 0;
  const whole = decoded.slice(Math.max(start, 0));
  for (const record of whole) {
    if (seen > 0 && record.sequence !== seen + 1) return undefined;
    for (let from = 0; from < record.length; from += sliceOfChanges) {
      record.apply(directory, from, Math.min(record.length, from + sliceOfChanges));
      if (record.length > sliceOfChanges) await pauseForOthers();
    }
    seen = record.sequence;
    length += record.length;
  }
  return {
    directory,
    seen,
    length,
    startsAt: whole[0]?.sequence ?? 0,
    *changedSince(sequence) {
      for (const record of whole) if (record.sequence > sequence) yield* record.changedKeys();
    },
  };
}
