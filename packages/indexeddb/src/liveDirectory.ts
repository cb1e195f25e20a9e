import { Directory, type RowFacts } from './directory.js';
import { ignore } from './ignore.js';
import { applyChanges, type Change, decodeRecord, encodeRecord, type PackedRecord } from './journalRecord.js';
import { pauseForOthers } from './pauseForOthers.js';
import { readAllFacts } from './rebuild.js';
import type { RowKey } from './rowKey.js';
import { hotSetNames, type Transaction } from './schema.js';

/** Changes that are applied at once: about 2 ms. */
const sliceOfChanges = 4_096;
/** Changes of one record of a snapshot. */
const recordOfSnapshot = 8_192;
/** The journal is made anew when it tells of so many changes, or of so many times the rows. */
const fewestToCompact = 4_096;
const changesPerRow = 2;

/** The journal cannot be read, or has gone on without what we know: everything has to be loaded anew. */
export class DirectoryLost extends Error {
  override readonly name = 'DirectoryLost';
}

/** What is in the database at one moment. */
export interface Snapshot {
  /** The journal's records, in order. */
  readonly records: readonly unknown[];
  /** How many rows there are. */
  readonly rows: number;
}

/**
 * The directory, kept in step with the database: every change of the rows is told in a record of the journal, in the
 * same transaction, and whoever has the directory in memory reads the records that others wrote since. So it is right
 * with several tabs at work and after a crash, without anything being counted or indexed on disk.
 */
export class LiveDirectory {
  readonly #onChanged: (keys: Iterable<RowKey>) => void;
  #directory: Directory | undefined;
  /** The sequence of the last record that is in the directory. */
  #seen = 0;
  /** Changes that the journal tells of since it was made anew. */
  #length = 0;
  #mustStartAnew = false;

  /** @param onChanged hears of rows that were added or removed, by this tab or another */
  constructor(onChanged: (keys: Iterable<RowKey>) => void) {
    this.#onChanged = onChanged;
  }

  /** The directory as far as it is known; `undefined` while it is not. */
  get known(): Directory | undefined {
    return this.#directory;
  }

  get seen(): number {
    return this.#seen;
  }

  /** How many times too long the journal is; from 1 on it is to be made anew. */
  get overlength(): number {
    if (this.#mustStartAnew) return 1;
    return this.#length / Math.max(fewestToCompact, changesPerRow * (this.#directory?.entries ?? 0));
  }

  /** To be loaded anew: this database may be another one. */
  forget(): void {
    this.#directory = undefined;
    this.#seen = 0;
  }

  /**
   * Takes the journal in, a slice at a time, so that no task is long.
   *
   * @returns how many rows the journal tells of. When that is not how many there are, or the journal cannot be read
   *   (`undefined`), nothing has been taken in: `rebuild` has to make it anew.
   */
  async load({ records, rows }: Snapshot): Promise<number | undefined> {
    const decoded = records.map(decodeRecord);
    if (decoded.includes(undefined)) return undefined;
    // None, or none that starts anew: it was dropped for want of space.
    const whole = sinceStart(decoded as PackedRecord[]);
    const directory = new Directory();
    let length = 0;
    for (const record of whole) {
      length += record.length;
      for (let from = 0; from < record.length; from += sliceOfChanges) {
        record.apply(directory, from, Math.min(record.length, from + sliceOfChanges));
        if (record.length > sliceOfChanges) await pauseForOthers();
      }
    }
    if (directory.entries === rows) this.#become(directory, whole.at(-1)?.sequence ?? 0, length);
    return directory.entries;
  }

  /** Makes the directory and the journal anew from the rows themselves, and removes rows that cannot be read. */
  async rebuild(transaction: Transaction<'readwrite'>): Promise<Directory> {
    const directory = new Directory();
    for await (const [key, facts] of readAllFacts(transaction)) add(directory, key, facts);
    // Larger than any number of records, so that whoever knew the journal before takes notice.
    const sequence = Math.max(Date.now(), this.#seen + 1);
    const last = this.#writeSnapshot(transaction, directory, sequence);
    this.#become(directory, last, directory.entries);
    return directory;
  }

  /**
   * Takes in what others have written since. Awaits nothing but requests of the transaction.
   *
   * @throws {DirectoryLost}
   */
  async catchUp(transaction: Transaction): Promise<Directory> {
    const directory = this.#directory;
    if (directory === undefined) throw new DirectoryLost();
    const values = await transaction.objectStore('journal').getAll(IDBKeyRange.lowerBound(this.#seen, true));
    for (const value of values) {
      const record = decodeRecord(value);
      // Taken in already: another look at the journal was quicker.
      if (record !== undefined && record.sequence <= this.#seen) continue;
      const isNext = record?.sequence === this.#seen + 1 && record.startsAnew === (this.#seen === 0);
      if (record === undefined || !isNext) {
        this.forget();
        throw new DirectoryLost();
      }
      record.apply(directory, 0, record.length);
      this.#seen = record.sequence;
      this.#length += record.length;
      this.#onChanged(record.changedKeys());
    }
    return directory;
  }

  /**
   * Puts changes into the journal. Call what it gives when the transaction is committed, and not before.
   */
  write(transaction: Transaction<'readwrite'>, changes: readonly Change[]): () => void {
    const sequence = this.#seen + 1;
    const record = encodeRecord({ sequence, startsAnew: this.#seen === 0, changes });
    transaction.objectStore('journal').put(record, sequence).catch(ignore);
    return () => {
      // A look at the journal may have been quicker.
      if (this.#directory === undefined || this.#seen >= sequence) return;
      this.#apply(this.#directory, changes);
      this.#seen = sequence;
    };
  }

  /** Makes the journal anew, so that it tells of the rows there are and nothing else. */
  async compact(transaction: Transaction<'readwrite'>): Promise<{ readonly committed: () => void }> {
    const directory = await this.catchUp(transaction);
    const length = directory.entries;
    const last = this.#writeSnapshot(transaction, directory, this.#seen + 1);
    const committed = () => {
      this.#seen = last;
      this.#length = length;
      this.#mustStartAnew = false;
    };
    return { committed };
  }

  /**
   * Removes the journal, and the hot sets that only it can tell to be out of date; this frees space. It is made anew as
   * soon as there is some.
   */
  drop(transaction: Transaction<'readwrite'>, changes: readonly Change[]): () => void {
    transaction.objectStore('journal').clear().catch(ignore);
    transaction.objectStore('state').delete(hotSetNames()).catch(ignore);
    return () => {
      if (this.#directory !== undefined) this.#apply(this.#directory, changes);
      this.#mustStartAnew = true;
    };
  }

  #apply(directory: Directory, changes: readonly Change[]): void {
    applyChanges(directory, changes);
    this.#length += changes.length;
    this.#onChanged(changes.filter(({ kind }) => kind !== 'touched').map(({ key }) => key));
  }

  #writeSnapshot(transaction: Transaction<'readwrite'>, directory: Directory, first: number): number {
    const journal = transaction.objectStore('journal');
    journal.clear().catch(ignore);
    let sequence = first - 1;
    let changes: Change[] = [];
    const put = () => {
      sequence++;
      const record = encodeRecord({ sequence, startsAnew: sequence === first, changes });
      journal.put(record, sequence).catch(ignore);
      changes = [];
    };
    for (const [key, { partition, model, size, createdAt }] of directory.oldestFirst()) {
      changes.push({ kind: 'added', key, group: { partition, model }, size, createdAt });
      if (changes.length === recordOfSnapshot) put();
    }
    if (changes.length > 0 || sequence < first) put();
    return sequence;
  }

  #become(directory: Directory, seen: number, length: number): void {
    this.#directory = directory;
    this.#seen = seen;
    this.#length = length;
    this.#mustStartAnew = false;
  }
}

/** The records from the last one that starts anew, as far as none is missing. */
function sinceStart(records: readonly PackedRecord[]): readonly PackedRecord[] {
  const from = records.findLastIndex((record) => record.startsAnew);
  if (from < 0) return [];
  const first = records[from]!.sequence;
  const gap = records.findIndex((record, index) => index > from && record.sequence !== first + index - from);
  return records.slice(from, gap < 0 ? undefined : gap);
}

function add(directory: Directory, key: RowKey, facts: RowFacts): void {
  directory.add(key, directory.groupNumber(facts), facts.size, facts.createdAt);
}
