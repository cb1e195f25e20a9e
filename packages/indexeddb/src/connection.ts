import { isPredcacheError } from '@predcache/core';
import { openDB } from 'idb';
import { Alarm } from './alarm.js';
import { BackOff } from './backOff.js';
import { Deadline } from './deadline.js';
import { ignore } from './ignore.js';
import { allStores, createStores, type Database, type Schema, schemaVersion } from './schema.js';
import {
  describe,
  failedError,
  foreignError,
  isConnectionLost,
  nameOf,
  type Operation,
  type ReportError,
  storageError,
  timeoutError,
  unavailableError,
} from './storageErrors.js';

export interface ConnectionOptions {
  readonly name: string;
  /** ms that an operation has, opening included. */
  readonly timeout: number;
  readonly report: ReportError;
  readonly onOpened: (database: Database) => void;
  /** The handle has been let go of, because the page was left. */
  readonly onRest: () => void;
}

/** What an operation does with an open database. */
export type Work<T> = (database: Database, deadline: Deadline) => Promise<T>;

/**
 * The handle of the database: opened when first needed, dropped as soon as it is dead, opened again by the next
 * operation. Keeping a dead handle is the commonest failure of IndexedDB in the field.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #alarm = new Alarm();
  readonly #backOff = new BackOff();
  #database: Database | undefined;
  #opening: Promise<Database> | undefined;
  #isUnavailable = false;
  #isClosed = false;
  /** Operations under way. */
  #active = 0;
  #isResting = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Opens ahead of the first operation, where there is an IndexedDB. */
  warmUp(): void {
    this.#isResting = false;
    if (this.#isClosed || this.#database !== undefined || findFactory() === undefined) return;
    this.#open().catch(ignore);
  }

  /**
   * Does an operation; where the handle turns out to be dead, once more with a new one. Gives `undefined` when that
   * did not work, which it has reported then. Never rejects.
   *
   * @param force Try even during a pause after failures.
   */
  async run<T>(
    operation: Operation,
    work: Work<T>,
    { force = false } = {},
  ): Promise<{ readonly value: T } | undefined> {
    if (this.#isClosed || this.#isUnavailable || (this.#backOff.isPaused && !force)) return undefined;
    const { name } = this.#options;
    const deadline = this.deadline(operation);
    this.#active++;
    try {
      for (let attempt = 1; ; attempt++) {
        const database = this.#database ?? (await this.#openWithin(deadline));
        if (database === undefined) return undefined;
        try {
          const value = await work(database, deadline);
          this.#backOff.succeeded();
          return { value };
        } catch (cause) {
          const isLost = isConnectionLost(cause) || database !== this.#database;
          if (isLost) this.#drop(database);
          this.#options.report(operation, storageError(operation, name, cause));
          if (isLost && attempt === 1 && !deadline.isOver && !this.#isClosed) continue;
          if (isLost) this.#backOff.failed();
          return undefined;
        }
      }
    } finally {
      deadline.clear();
      this.#ended();
    }
  }

  /**
   * The end of the time that something has, from now on. To be cleared.
   *
   * @param timeout ms; by default what an operation has
   */
  deadline(operation: Operation, timeout = this.#options.timeout): Deadline {
    return new Deadline(this.#alarm, timeout, () => timeoutError(operation, this.#options.name, timeout));
  }

  /**
   * Lets go of the handle as soon as nothing is under way, until the page is shown again; operations that come meanwhile
   * open one for themselves. A page with an open one may not be kept for going back to it.
   *
   * @param last what has to be done before
   */
  rest(last: Promise<unknown>): void {
    this.#isResting = true;
    this.#active++;
    void last.catch(ignore).then(() => this.#ended());
  }

  /** An operation has ended. */
  #ended(): void {
    this.#active--;
    if (!this.#isResting || this.#active > 0) return;
    if (this.#database !== undefined) this.#drop(this.#database);
    this.#options.onRest();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#database !== undefined) this.#drop(this.#database);
  }

  async #openWithin(deadline: Deadline): Promise<Database | undefined> {
    try {
      return await deadline.race(this.#open());
    } catch {
      // Opening has a deadline and reports of its own, one for all operations that wait for it.
      return undefined;
    }
  }

  #open(): Promise<Database> {
    this.#opening ??= this.#openOnce().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openOnce(): Promise<Database> {
    const { name, report, onOpened } = this.#options;
    if (findFactory() === undefined) {
      this.#isUnavailable = true;
      const error = unavailableError(name, 'There is no IndexedDB here');
      report('open', error);
      throw error;
    }
    const deadline = this.deadline('open');
    try {
      const database = await deadline.race(this.#request(deadline));
      if (this.#isClosed) {
        database.close();
        throw unavailableError(name, 'It was opened too late');
      }
      this.#database = database;
      onOpened(database);
      return database;
    } catch (cause) {
      this.#backOff.failed();
      // A frame without storage, or the user's settings: asking again will not change it.
      this.#isUnavailable = nameOf(cause) === 'SecurityError';
      const error = isPredcacheError(cause) ? cause : unavailableError(name, describe(cause), cause);
      if (!this.#isClosed) report('open', error);
      throw error;
    } finally {
      deadline.clear();
    }
  }

  async #request(deadline: Deadline): Promise<Database> {
    const { name } = this.#options;
    let opened: Database | undefined;
    const lost = (what: string) => {
      if (opened !== undefined) this.#lose(opened, what);
    };
    opened = await openDB<Schema>(name, schemaVersion, {
      upgrade: (database) => createStores(database),
      // Closed at once, so that the other tab is not kept waiting.
      blocking: (_, newVersion) =>
        lost(newVersion === null ? 'The database is being deleted' : 'Another tab upgrades the database'),
      terminated: () => lost('The browser closed the connection'),
    });
    const { objectStoreNames } = opened;
    const isOurs = allStores.every((store) => objectStoreNames.contains(store));
    if (isOurs && !deadline.isOver && !this.#isClosed) return opened;
    opened.close();
    throw isOurs ? unavailableError(name, 'It was opened too late') : foreignError(name);
  }

  #lose(database: Database, what: string): void {
    const isCurrent = database === this.#database;
    this.#drop(database);
    if (isCurrent) this.#options.report('open', failedError('open', this.#options.name, what));
  }

  #drop(database: Database): void {
    if (database === this.#database) this.#database = undefined;
    database.close();
  }
}

/** Looked for when needed and not before, so that importing this on a server does nothing. */
function findFactory(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB ?? undefined;
  } catch {
    // In a frame without storage, asking can throw.
    return undefined;
  }
}
