import { Directory } from './directory.js';
import { ignore } from './ignore.js';
import type { JournalContents } from './journalReading.js';
import { applyChanges, type Change, decodeRecord, encodeRecord } from './journalRecord.js';
import { readAllFacts } from './rebuild.js';
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
  /** Whether the journal has a record of that sequence: not at the very beginning, nor after it was dropped. */
  #hasRecord = false;
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

  /** To be loaded anew: this database may be another one, or have gone on without us. */
  forget(): void {
    this.#directory = undefined;
  }

  /** Goes on from what the journal tells, or from what has been put into it in a transaction that is committed. */
  become({ directory, seen, length }: JournalContents): void {
    this.#directory = directory;
    this.#seen = seen;
    this.#hasRecord = seen > 0;
    this.#length = length;
    this.#mustStartAnew = false;
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
      directory.add(key, directory.groupNumber(facts), facts.size, facts.createdAt);
    // Larger than any number of records, so that whoever knew the journal before takes notice.
    const first = Math.max(Date.now(), this.#seen + 1);
    const rows = directory.entries;
    if (!dropsJournal) {
      const seen = this.#writeSnapshot(transaction, directory, first);
      return { rows, committed: () => this.become({ directory, seen, length: rows }) };
    }
    const dropped = this.drop(transaction, []);
    const committed = () => {
      this.become({ directory, seen: 0, length: 0 });
      dropped();
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
      const isNext = record?.sequence === this.#seen + 1 && record.startsAnew === (this.#seen === 0);
      if (record === undefined || !isNext) return this.#lose();
      record.apply(directory, 0, record.length);
      this.#seen = record.sequence;
      this.#hasRecord = true;
      this.#length += record.length;
      this.#onChanged(record.changedKeys());
    }
    return directory;
  }

  /**
   * Puts changes into the journal. Call what it gives when the transaction is committed, and not before.
   */
  write(transaction: Transaction<'readwrite'>, changes: readonly Change[]): () => void {
    const directory = this.#directory;
    const sequence = this.#seen + 1;
    const record = encodeRecord({ sequence, startsAnew: this.#seen === 0, changes });
    transaction.objectStore('journal').put(record, sequence).catch(ignore);
    return () => {
      // A look at the journal may have been quicker.
      if (directory === undefined || this.#directory !== directory || this.#seen >= sequence) return;
      this.#apply(directory, changes);
      this.#seen = sequence;
      this.#hasRecord = true;
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
    const last = this.#writeSnapshot(transaction, directory, this.#seen + 1);
    const committed = () => {
      if (this.#directory === directory && this.#seen < last) this.become({ directory, seen: last, length });
    };
    return { committed };
  }

  /**
   * Removes the journal, and the hot sets that only it can tell to be out of date; this frees space. It is made anew as
   * soon as there is some. Call what it gives when the transaction is committed, and not before.
   */
  drop(transaction: Transaction<'readwrite'>, changes: readonly Change[]): () => void {
    transaction.objectStore('journal').clear().catch(ignore);
    transaction.objectStore('state').delete(hotSetNames()).catch(ignore);
    return () => {
      if (this.#directory !== undefined) this.#apply(this.#directory, changes);
      // Whoever knew the journal before must not take the next record for one that follows.
      this.#seen = Math.max(Date.now(), this.#seen + 1);
      this.#hasRecord = false;
      this.#mustStartAnew = true;
    };
  }

  #lose(): never {
    this.forget();
    throw new DirectoryLost();
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
}
