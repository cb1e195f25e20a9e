import { isPredcacheError } from '@predcache/core';
import { type DBSchema, type IDBPDatabase, openDB, type StoreNames } from 'idb';
import { Alarm } from './alarm.js';
import { BackOff } from './backOff.js';
import { Deadline } from './deadline.js';
import { ignore } from './ignore.js';
import { allStores, createStores, type Schema, schemaVersion } from './schema.js';
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

/** What a database of ours looks like. */
export interface Layout<Stores extends DBSchema> {
  readonly version: number;
  readonly stores: readonly StoreNames<Stores>[];
  /** Makes the stores of a new one. */
  readonly create: (database: IDBPDatabase<Stores>) => void;
}

export interface ConnectionOptions<Stores extends DBSchema = Schema> {
  readonly name: string;
  /** ms that an operation has, opening included. */
  readonly timeout: number;
  readonly report: ReportError;
  readonly onOpened: (database: IDBPDatabase<Stores>) => void;
  /** The handle has been let go of, because the page was left. */
  readonly onRest: () => void;
}

/** What an operation does with an open database. */
export type Work<T, Stores extends DBSchema = Schema> = (
  database: IDBPDatabase<Stores>,
  deadline: Deadline,
) => Promise<T>;

/**
 * The handle of the database: opened when first needed, dropped as soon as it is dead, opened again by the next
 * operation. Keeping a dead handle is the commonest failure of IndexedDB in the field.
 */
export class DatabaseConnection<Stores extends DBSchema> {
  readonly #options: ConnectionOptions<Stores>;
  readonly #layout: Layout<Stores>;
  readonly #alarm = new Alarm();
  readonly #backOff = new BackOff();
  #database: IDBPDatabase<Stores> | undefined;
  #opening: Promise<IDBPDatabase<Stores>> | undefined;
  #isUnavailable = false;
  #isClosed = false;
  /** Operations under way. */
  #active = 0;
  #isResting = false;

  constructor(options: ConnectionOptions<Stores>, layout: Layout<Stores>) {
    this.#options = options;
    this.#layout = layout;
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
    work: Work<T, Stores>,
    options: { readonly force?: boolean } = {},
  ): Promise<{ readonly value: T } | undefined> {
    try {
      return { value: await this.attempt(operation, work, options) };
    } catch {
      return undefined;
    }
  }

  /**
   * As `run`, for those who have to know why it did not work.
   *
   * @throws {PredcacheError} what was reported, or `STORAGE_UNAVAILABLE` where nothing was tried.
   */
  async attempt<T>(
    operation: Operation,
    work: Work<T, Stores>,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<T> {
    const { name } = this.#options;
    if (this.#isClosed) throw unavailableError(name, 'It is closed');
    if (this.#isUnavailable || (this.#backOff.isPaused && !force))
      throw unavailableError(name, 'It could not be opened');
    const deadline = this.deadline(operation);
    this.#active++;
    try {
      for (let attempt = 1; ; attempt++) {
        // Opening has a deadline and reports of its own, one for all operations that wait for it.
        const database = this.#database ?? (await deadline.race(this.#open()));
        try {
          const value = await work(database, deadline);
          this.#backOff.succeeded();
          return value;
        } catch (cause) {
          const isLost = isConnectionLost(cause) || database !== this.#database;
          if (isLost) this.#drop(database);
          const error = storageError(operation, name, cause);
          this.#options.report(operation, error);
          if (isLost && attempt === 1 && !deadline.isOver && !this.#isClosed) continue;
          if (isLost) this.#backOff.failed();
          throw error;
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

  #open(): Promise<IDBPDatabase<Stores>> {
    this.#opening ??= this.#openOnce().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openOnce(): Promise<IDBPDatabase<Stores>> {
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

  async #request(deadline: Deadline): Promise<IDBPDatabase<Stores>> {
    const { name } = this.#options;
    const { version, stores, create } = this.#layout;
    let opened: IDBPDatabase<Stores> | undefined;
    const lost = (what: string) => {
      if (opened !== undefined) this.#lose(opened, what);
    };
    opened = await openDB<Stores>(name, version, {
      upgrade: (database) => create(database),
      // Closed at once, so that the other tab is not kept waiting.
      blocking: (_, newVersion) =>
        lost(newVersion === null ? 'The database is being deleted' : 'Another tab upgrades the database'),
      terminated: () => lost('The browser closed the connection'),
    });
    const { objectStoreNames } = opened;
    const isOurs = stores.every((store) => objectStoreNames.contains(store));
    if (isOurs && !deadline.isOver && !this.#isClosed) return opened;
    opened.close();
    throw isOurs ? unavailableError(name, 'It was opened too late') : foreignError(name);
  }

  #lose(database: IDBPDatabase<Stores>, what: string): void {
    const isCurrent = database === this.#database;
    this.#drop(database);
    if (isCurrent) this.#options.report('open', failedError('open', this.#options.name, what));
  }

  #drop(database: IDBPDatabase<Stores>): void {
    if (database === this.#database) this.#database = undefined;
    database.close();
  }
}

/** The tier's. */
export class Connection extends DatabaseConnection<Schema> {
  constructor(options: ConnectionOptions) {
    super(options, { version: schemaVersion, stores: allStores, create: createStores });
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
