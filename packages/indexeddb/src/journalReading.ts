import { nextTask } from '@predcache/core';
import { Directory } from './directory.js';
import { weightOf } from './invalidation.js';
import { Invalidations } from './invalidations.js';
import { decodeRecord, type PackedRecord } from './journalRecord.js';
import type { RowKey } from './rowKey.js';

/** Changes between two looks at the clock. */
const sliceOfChanges = 512;
/** ms after which others have their turn: what is read when an app starts must not hold up its first frames. */
const longestTask = 6;

/** What a journal tells. */
export interface JournalContents {
  readonly directory: Directory;
  /** The sequence of its last record; 0 when it has none. */
  readonly seen: number;
  /** How many changes it tells of. */
  readonly length: number;
  readonly invalidations: Invalidations;
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
 * @param rows that it is likely to tell of
 * @returns `undefined` when a record is damaged or missing; `dropped` when it does not begin at a start, for it was
 *   dropped for want of space
 */
export async function readJournal(
  records: readonly unknown[],
  rows = 0,
): Promise<ToldByJournal | 'dropped' | undefined> {
  const turns = new Turns();
  const decoded: PackedRecord[] = [];
  for (const value of records) {
    const record = decodeRecord(value);
    if (record === undefined) return undefined;
    decoded.push(record);
    await turns.pass();
  }
  const start = decoded.findLastIndex((record) => record.startsAnew);
  if (start < 0 && decoded.length > 0) return 'dropped';
  const directory = new Directory(rows);
  let seen = 0;
  let length = 0;
  const whole = decoded.slice(Math.max(start, 0));
  const first = whole[0];
  const invalidations = new Invalidations(first?.floor ?? { sequence: first?.sequence ?? 0, at: 0 });
  for (const record of whole) {
    if (seen > 0 && record.sequence !== seen + 1) return undefined;
    for (let from = 0; from < record.length; from += sliceOfChanges) {
      record.apply(directory, from, Math.min(record.length, from + sliceOfChanges));
      await turns.pass();
    }
    seen = record.sequence;
    length += record.length;
    for (const each of record.invalidations) {
      invalidations.add(each);
      if (record !== first) length += weightOf(each);
    }
  }
  return {
    directory,
    seen,
    length,
    invalidations,
    startsAt: whole[0]?.sequence ?? 0,
    *changedSince(sequence) {
      for (const record of whole) if (record.sequence > sequence) yield* record.changedKeys();
    },
  };
}

/** Gives way to others when it is time to. */
class Turns {
  #began = performance.now();

  async pass(): Promise<void> {
    if (performance.now() - this.#began < longestTask) return;
    await nextTask();
    this.#began = performance.now();
  }
}
