import type { Canary } from './canary.js';
import type { Connection } from './connection.js';
import { Deadline } from './deadline.js';
import { HotSet } from './hotSet.js';
import { ignore } from './ignore.js';
import { DirectoryLost, LiveDirectory } from './liveDirectory.js';
import { readHotSet, readSnapshot } from './opening.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { allStores, type Database, type Transaction } from './schema.js';
import { nameOf, type Operation, timeoutError } from './storageErrors.js';
import type { TabChannel } from './tabChannel.js';
import { reading, writing } from './transact.js';

export interface BookkeepingOptions {
  readonly name: string;
  readonly connection: Connection;
  readonly codec: RowCodec;
  readonly canary: Canary;
  readonly channel: TabChannel;
  readonly durability: 'relaxed' | 'strict';
  readonly hasHotSet: boolean;
  /** What is known has changed, without this tab's doing. */
  readonly onChanged: () => void;
  /** Rows are gone that nobody removed; how many, where that is known. */
  readonly onLost: (rows: number | undefined) => void;
}

/** Does something to the database in a transaction in which the directory is in step with it. */
export type InStep = <Outcome extends { readonly committed: () => void }>(
  body: (transaction: Transaction<'readwrite'>) => Promise<Outcome>,
) => Promise<Outcome>;

/** ms that making the journal anew from the rows may take: a second for some 10,000 rows. */
const rebuildTimeout = 60_000;
/** Uses that are remembered until they are told to the journal. */
const mostTouched = 4_096;

/** What this tab knows of the database beside its rows: the directory and the hot set, from its opening on. */
export class Bookkeeping {
  readonly live: LiveDirectory;
  readonly hot = new HotSet();
  readonly #options: BookkeepingOptions;
  #database: Database | undefined;
  #loading: Promise<void> | undefined;
  #touched: RowKey[] = [];
  #isBeginning = false;
  #isCatchingUp = false;

  constructor(options: BookkeepingOptions) {
    this.#options = options;
    this.live = new LiveDirectory((keys) => {
      for (const key of keys) this.hot.remove(key);
    });
  }

  /** A handle has been opened: what it leads to is to be known. */
  opened(database: Database): void {
    // The handle that it began with may have died, and this be the next: then it goes on with it.
    if (this.#isBeginning || (database === this.#database && this.#loading !== undefined)) return;
    this.#isBeginning = true;
    void this.#options.connection
      .run('open', (current, deadline) => this.#known(current, deadline))
      .finally(() => {
        this.#isBeginning = false;
      });
  }

  /** Settles when all that can be known at once is, or cannot be. */
  async ready(): Promise<void> {
    await this.#loading?.catch(ignore);
  }

  /** Makes the journal anew where it has become too long. */
  async compact(): Promise<void> {
    if (this.live.overlength < 1) return;
    await this.change('set', async (inStep) => {
      await inStep((transaction) => this.live.compact(transaction)).catch((cause: unknown) => {
        // It can wait until there is space.
        if (nameOf(cause) !== 'QuotaExceededError') throw cause;
      });
    });
  }

  /** An operation that changes the database. Gives `undefined` when it did not work, which it has reported then. */
  change<T>(
    operation: Operation,
    work: (inStep: InStep) => Promise<T>,
    options: { readonly force?: boolean } = {},
  ): Promise<{ readonly value: T } | undefined> {
    return this.#options.connection.run(
      operation,
      async (database, deadline) => {
        await deadline.race(this.#known(database, deadline));
        return work((body) => this.#inStep(database, deadline, body));
      },
      options,
    );
  }

  /** A row has been used. Told to the journal with the next change. */
  touch(key: RowKey): void {
    this.live.known?.touch(key);
    if (this.#touched.length < mostTouched) this.#touched.push(key);
  }

  /** The uses since this was called last. */
  takeTouched(): readonly RowKey[] {
    const touched = this.#touched;
    this.#touched = [];
    return touched;
  }

  /** Another tab has changed something, or may have. */
  async catchUp(operation: Operation = 'get'): Promise<void> {
    if (this.#isCatchingUp || this.live.known === undefined) return;
    this.#isCatchingUp = true;
    const { seen } = this.live;
    await this.#options.connection.run(operation, async (database, deadline) => {
      // From here on, what another tab tells of may come too late for this look.
      this.#isCatchingUp = false;
      const stores = allStores;
      const look = () =>
        reading({ database, deadline, stores }, (transaction) => this.live.catchUp(transaction));
      await look().catch((cause: unknown) => {
        if (!(cause instanceof DirectoryLost)) throw cause;
        return this.#known(database, deadline);
      });
    });
    this.#isCatchingUp = false;
    if (this.live.seen !== seen) this.#options.onChanged();
  }

  async #inStep<Outcome extends { readonly committed: () => void }>(
    database: Database,
    deadline: Deadline,
    body: (transaction: Transaction<'readwrite'>) => Promise<Outcome>,
  ): Promise<Outcome> {
    const { durability, channel } = this.#options;
    const attempt = () => writing({ database, deadline, stores: allStores, durability }, body);
    const outcome = await attempt().catch(async (cause: unknown) => {
      if (!(cause instanceof DirectoryLost)) throw cause;
      await deadline.race(this.#known(database, deadline));
      return attempt();
    });
    outcome.committed();
    channel.tell(this.live.seen);
    return outcome;
  }

  /** Settles when the directory is in step with this handle's database. */
  async #known(database: Database, deadline: Deadline): Promise<void> {
    if (this.#database === database && this.#loading !== undefined) await this.#loading;
    if (this.#database === database && this.live.known !== undefined) return;
    this.#database = database;
    this.#loading = this.#load(database, deadline).finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #load(database: Database, deadline: Deadline): Promise<void> {
    const { canary, codec, hasHotSet, onChanged, onLost } = this.#options;
    const start = await readHotSet(database, deadline, hasHotSet ? codec : undefined);
    const verdict = await canary.check(start.canary, database, deadline);
    if (verdict === 'emptied') onLost(undefined);
    if (verdict === 'same' && this.live.known !== undefined) {
      const isInStep = await reading({ database, deadline, stores: allStores }, (transaction) =>
        this.live.catchUp(transaction),
      ).catch(ignore);
      if (isInStep !== undefined) return;
    }
    this.live.forget();
    this.hot.use(start.pack);
    for (const key of start.changed) this.hot.remove(key);
    const snapshot = await readSnapshot(database, deadline);
    const told = await this.live.load(snapshot);
    if (this.live.known === undefined) {
      const rows = await this.#rebuild(database);
      if (told === undefined || rows < told) onLost(told === undefined ? undefined : told - rows);
    }
    onChanged();
  }

  /** Gives the number of rows. */
  async #rebuild(database: Database): Promise<number> {
    const { name, durability } = this.#options;
    this.hot.clear();
    const deadline = new Deadline(rebuildTimeout, () => timeoutError('open', name, rebuildTimeout));
    try {
      const stores = allStores;
      const directory = await writing({ database, deadline, stores, durability }, (transaction) =>
        this.live.rebuild(transaction),
      );
      return directory.entries;
    } finally {
      deadline.clear();
    }
  }
}
