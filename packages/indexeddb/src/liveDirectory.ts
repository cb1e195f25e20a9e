import { Directory } from './directory.js';
import { ignore } from './ignore.js';
import { type CoveredRow, type Invalidation, type InvalidationContent, weightOf } from './invalidation.js';
import { type Floor, Invalidations } from './invalidations.js';
import type { JournalContents } from './journalReading.js';
import { applyChanges, type Change, decodeRecord, encodeRecord } from './journalRecord.js';
import { clockTolerance, type Mark, markOfTime, timeOfMark } from './mark.js';
import { lastSequence, readAllFacts } from './rebuild.js';
import type { RowKey } from './rowKey.js';
import { hotSetNames, type Transaction } from './schema.js';

/** Changes of one record of a snapshot. */
const recordOfSnapshot = 8_192;
/** The journal is made anew when it tells of so many changes, or of so many times the rows. */
const fewestToCompact = 4_096;
const changesPerRow = 2;

/** The journal cannot be read, or has gone on without what we know: everything has to be loaded anew. */
export class DirectoryLost extends Error {
  override readonly name = 'DirectoryLost';
}

export interface LiveDirectoryOptions {
  /** What the tier's own deletions are known by. */
  readonly origin: string;
  /** Hears of rows that were added or removed, by this tab or another. */
  readonly onChanged: (keys: Iterable<RowKey>) => void;
  /** Hears of deletions that were ordered, by this tab or another; of `undefined` when there may have been some. */
  readonly onInvalidated: (invalidations: readonly Invalidation[] | undefined) => void;
}

/**
 * The directory, kept in step with the database: every change of the rows is told in a record of the journal, in the
 * same transaction, and whoever has the directory in memory reads the records that others wrote since. So it is right
 * with several tabs at work and after a crash, without anything being counted or indexed on disk.
 */
export class LiveDirectory {
  readonly #options: LiveDirectoryOptions;
  #directory: Directory | undefined;
  /** The sequence of the last record that is in the directory. */
  #seen = 0;
  /** Whether the journal has a record of that sequence: not at the very beginning, nor after it was dropped. */
  #hasRecord = false;
  /** Changes that the journal tells of since it was made anew. */
  #length = 0;
  #mustStartAnew = false;
  #invalidations = new Invalidations({ sequence: 0, at: 0 });
  /** Up to where `onInvalidated` has heard of them. */
  #heard: Mark = markOfTime(Date.now());

  constructor(options: LiveDirectoryOptions) {
    this.#options = options;
  }

  /** The directory as far as it is known; `undefined` while it is not. */
  get known(): Directory | undefined {
    return this.#directory;
  }

  get seen(): number {
    return this.#seen;
  }

  /**
   * Whether the journal has a record: not in an empty database, nor since it was dropped for want of space, until something
   * is written again.
   */
  get hasRecord(): boolean {
    return this.#hasRecord;
  }

  /** How many times too long the journal is; from 1 on it is to be made anew. */
  get overlength(): number {
    if (this.#mustStartAnew) return 1;
    return this.#length / Math.max(fewestToCompact, changesPerRow * (this.#directory?.entries ?? 0));
  }

  get hasInvalidations(): boolean {
    return this.#invalidations.all.length > 0 || this.#invalidations.floor.sequence > 0;
  }

  /** Whether a row that began to be computed at a mark must not be stored: another tab's deletion covers it, or may. */
  refuses(row: CoveredRow, since: Mark): boolean {
    const time = timeOfMark(since);
    // What is later than now is from another database that was here before, or by a clock that was put back.
    const isLater = time === undefined ? since >= this.#seen + 1 : time > Date.now() + clockTolerance;
    return isLater || this.#invalidations.cover(row, since, this.#options.origin);
  }

  /** To be loaded anew: this database may be another one, or have gone on without us. */
  forget(): void {
    this.#directory = undefined;
  }

  /** Goes on from what the journal tells, or from what has been put into it in a transaction that is committed. */
  become({ directory, seen, length, invalidations }: JournalContents): void {
    const missed = this.#heard < seen + 1 ? invalidations.since(this.#heard) : undefined;
    this.#directory = directory;
    this.#invalidations = invalidations;
    this.#seen = seen;
    this.#hasRecord = seen > 0;
    this.#length = length;
    this.#mustStartAnew = false;
    // Before the first look nothing was here that could be out of date, but what was made since.
    const isFirst = this.#heard < 0;
    if (seen > 0) this.#heard = seen;
    if (missed === undefined ? !isFirst : missed.length > 0) this.#options.onInvalidated(missed);
  }

  /**
   * Makes the directory and the journal anew from the rows themselves, and removes rows that cannot be read. Call what it
   * gives when the transaction is committed, and not before.
   *
   * @param dropsJournal Only remove the journal: there is no space for another.
   */
  async rebuild(
    transaction: Transaction<'readwrite'>,
    dropsJournal: boolean,
  ): Promise<{ readonly rows: number; readonly committed: () => void }> {
    const directory = new Directory();
    for await (const [key, facts] of readAllFacts(transaction))
      directory.add(key, directory.groupNumber(facts), facts.size, facts.createdAt, facts.tags);
    // Whoever knew the journal before must take notice.
    const first = Math.max(this.#freshSequence(), (await lastSequence(transaction)) + 1);
    const rows = directory.entries;
    const invalidations = new Invalidations({ sequence: first, at: Date.now() });
    if (!dropsJournal) {
      const seen = this.#writeSnapshot(transaction, directory, first, invalidations);
      return { rows, committed: () => this.become({ directory, seen, length: rows, invalidations }) };
    }
    const dropped = this.drop(transaction, []);
    const committed = () => {
      this.become({ directory, seen: 0, length: 0, invalidations });
      dropped();
      this.#invalidations = new Invalidations({ sequence: this.#seen, at: Date.now() });
    };
    return { rows, committed };
  }

  /**
   * Takes in what others have written since. Awaits nothing but requests of the transaction.
   *
   * @throws {DirectoryLost}
   */
  async catchUp(transaction: Transaction): Promise<Directory> {
    const directory = this.#directory;
    if (directory === undefined) throw new DirectoryLost();
    const journal = transaction.objectStore('journal');
    let seen: number;
    let sequences: number[];
    let rows: number | undefined;
    do {
      seen = this.#seen;
      const isDropped = seen > 0 && !this.#hasRecord;
      [sequences, rows] = await Promise.all([
        journal.getAllKeys(IDBKeyRange.lowerBound(seen)),
        // Nothing else would tell that another tab, which has dropped it as well, has removed rows since.
        isDropped ? transaction.objectStore('rows').count() : undefined,
      ]);
      if (this.#directory !== directory) throw new DirectoryLost();
      // Another look may have taken more in meanwhile, and this one have looked for what counts no more.
    } while (seen !== this.#seen);
    const isAsLeft =
      (sequences[0] === seen) === this.#hasRecord && (rows ?? directory.entries) === directory.entries;
    if (!isAsLeft) return this.#lose();
    if (sequences.length === Number(this.#hasRecord)) return directory;
    for (const value of await journal.getAll(IDBKeyRange.lowerBound(seen, true))) {
      const record = decodeRecord(value);
      if (this.#directory !== directory) throw new DirectoryLost();
      // Taken in already: another look at the journal was quicker.
      if (record !== undefined && record.sequence <= this.#seen) continue;
      const isNext =
        this.#seen === 0 ? record?.startsAnew : record?.sequence === this.#seen + 1 && !record.startsAnew;
      if (record === undefined || !isNext) return this.#lose();
      record.apply(directory, 0, record.length);
      this.#length += record.length;
      this.#saw(record.sequence, record.invalidations, record.floor);
      this.#options.onChanged(record.changedKeys());
    }
    return directory;
  }

  /**
   * Puts changes into the journal, and the deletion that somebody ordered. Call what it gives when the transaction is
   * committed, and not before.
   */
  write(
    transaction: Transaction<'readwrite'>,
    changes: readonly Change[],
    ordered?: InvalidationContent,
  ): () => void {
    const directory = this.#directory;
    const startsAnew = this.#seen === 0;
    const sequence = startsAnew ? this.#freshSequence() : this.#seen + 1;
    const invalidations = ordered === undefined ? [] : [{ ...ordered, sequence, at: Date.now() }];
    const record = encodeRecord({ sequence, startsAnew, changes, invalidations });
    transaction.objectStore('journal').put(record, sequence).catch(ignore);
    return () => {
      // A look at the journal may have been quicker.
      if (directory === undefined || this.#directory !== directory || this.#seen >= sequence) return;
      this.#apply(directory, changes);
      this.#saw(sequence, invalidations);
    };
  }

  /** Puts into the journal that rows were used; as `write` otherwise. */
  writeUses(transaction: Transaction<'readwrite'>, keys: readonly RowKey[]): () => void {
    if (keys.length === 0) return ignore;
    return this.write(
      transaction,
      keys.map((key) => ({ kind: 'touched' as const, key })),
    );
  }

  /** Makes the journal anew, so that it tells of the rows there are and nothing else. */
  async compact(transaction: Transaction<'readwrite'>): Promise<{ readonly committed: () => void }> {
    const directory = await this.catchUp(transaction);
    const length = directory.entries;
    const invalidations = this.#invalidations;
    const first = this.#seen === 0 ? this.#freshSequence() : this.#seen + 1;
    const last = this.#writeSnapshot(transaction, directory, first, invalidations);
    const committed = () => {
      if (this.#directory !== directory || this.#seen >= last) return;
      this.become({ directory, seen: last, length, invalidations });
    };
    return { committed };
  }

  /**
   * Removes the journal, and the hot sets that only it can tell to be out of date; this frees space. It is made anew as
   * soon as there is some. Call what it gives when the transaction is committed, and not before.
   */
  drop(
    transaction: Transaction<'readwrite'>,
    changes: readonly Change[],
    ordered?: InvalidationContent,
  ): () => void {
    transaction.objectStore('journal').clear().catch(ignore);
    transaction.objectStore('state').delete(hotSetNames()).catch(ignore);
    return () => {
      if (this.#directory !== undefined) this.#apply(this.#directory, changes);
      // Whoever knew the journal before must not take the next record for one that follows.
      this.#seen = this.#freshSequence();
      this.#heard = this.#seen;
      // This tab knows all deletions so far, and tells of them when the journal is made anew. Others only know that they do not.
      if (ordered !== undefined)
        this.#invalidations.add({ ...ordered, sequence: this.#seen, at: Date.now() });
      this.#hasRecord = false;
      this.#mustStartAnew = true;
    };
  }

  #lose(): never {
    this.forget();
    throw new DirectoryLost();
  }

  /** A record is in the directory. */
  #saw(sequence: number, invalidations: readonly Invalidation[], floor?: Floor): void {
    // What was before the first record of a new database cannot be known.
    if (this.#seen === 0) this.#invalidations = new Invalidations(floor ?? { sequence, at: 0 });
    this.#seen = sequence;
    this.#hasRecord = true;
    this.#heard = sequence;
    for (const each of invalidations) {
      this.#length += weightOf(each);
      const hadText = this.#invalidations.add(each);
      // What a user's deletions named is not to stay in the journal when everything of theirs is deleted.
      if (hadText && 'all' in each.selector && each.origin === this.#options.origin)
        this.#mustStartAnew = true;
    }
    if (invalidations.length > 0) this.#options.onInvalidated(invalidations);
  }

  /** Larger than that of any record there was: in no database are more records written than one a ms. */
  #freshSequence(): number {
    return Math.max(Date.now(), this.#seen + 1);
  }

  #apply(directory: Directory, changes: readonly Change[]): void {
    applyChanges(directory, changes);
    this.#length += changes.length;
    this.#options.onChanged(changes.filter(({ kind }) => kind !== 'touched').map(({ key }) => key));
  }

  #writeSnapshot(
    transaction: Transaction<'readwrite'>,
    directory: Directory,
    first: number,
    { floor, all }: Invalidations,
  ): number {
    const journal = transaction.objectStore('journal');
    journal.clear().catch(ignore);
    let sequence = first - 1;
    let changes: Change[] = [];
    const put = () => {
      sequence++;
      const startsAnew = sequence === first;
      const told = startsAnew ? { floor, invalidations: all } : {};
      const record = encodeRecord({ sequence, startsAnew, changes, ...told });
      journal.put(record, sequence).catch(ignore);
      changes = [];
    };
    for (const [key, { partition, model, size, createdAt, tags }] of directory.oldestFirst()) {
      changes.push({ kind: 'added', key, group: { partition, model }, size, createdAt, tags });
      if (changes.length === recordOfSnapshot) put();
    }
    if (changes.length > 0 || sequence < first) put();
    return sequence;
  }
}
