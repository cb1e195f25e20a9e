import type { Canary } from './canary.js';
import type { Connection } from './connection.js';
import type { Deadline } from './deadline.js';
import { HotSet } from './hotSet.js';
import { ignore } from './ignore.js';
import type { Invalidation } from './invalidation.js';
import { readJournal } from './journalReading.js';
import { DirectoryLost, LiveDirectory } from './liveDirectory.js';
import { readHotSet, readSnapshot } from './opening.js';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';
import { allStores, type Database, type Transaction } from './schema.js';
import { ignoreOutOfSpace, isOutOfSpace, type Operation } from './storageErrors.js';
import type { TabChannel } from './tabChannel.js';
import { reading, writing } from './transact.js';
import { Uses } from './uses.js';

export interface BookkeepingOptions {
  /** What the tier's own deletions are known by. */
  readonly origin: string;
  readonly connection: Connection;
  readonly codec: RowCodec;
  readonly canary: Canary;
  readonly channel: TabChannel;
  readonly durability: 'relaxed' | 'strict';
  readonly hasHotSet: boolean;
  /** What is known has changed, without this tab's doing. */
  readonly onChanged: () => void;
  /** Deletions were ordered, in this tab or another; `undefined`: there may have been some. */
  readonly onInvalidated: (invalidations: readonly Invalidation[] | undefined) => void;
  /** Rows are gone that nobody removed; how many, where that is known. */
  readonly onLost: (rows: number | undefined) => void;
}

/**
 * Does something to the database in a transaction in which the directory is in step with it. `takeUses` gives the rows
 * that were used since the journal was told last, for the body to tell it.
 */
export type InStep = <Outcome extends { readonly committed: () => void }>(
  body: Body<Outcome>,
) => Promise<Outcome>;

type Body<Outcome> = (
  transaction: Transaction<'readwrite'>,
  takeUses: () => readonly RowKey[],
) => Promise<Outcome>;

/** ms that making the journal anew from the rows may take: a second for some 10,000 rows. */
const rebuildTimeout = 60_000;

/** Times that one change loads the journal anew, because others have made it anew. */
const mostReloads = 4;

/** What this tab knows of the database beside its rows: the directory and the hot set, from its opening on. */
export class Bookkeeping {
  readonly live: LiveDirectory;
  readonly hot = new HotSet();
  readonly #options: BookkeepingOptions;
  #database: Database | undefined;
  #loading: Promise<void> | undefined;
  readonly #uses = new Uses();
  #isBeginning = false;
  /** A look that has not begun to read. */
  #catchingUp: Promise<void> | undefined;
  /** Whether another tab has told of a change while the journal was being read. */
  #hasNews = false;

  constructor(options: BookkeepingOptions) {
    this.#options = options;
    this.live = new LiveDirectory({
      origin: options.origin,
      onChanged: (keys) => {
        for (const key of keys) this.hot.remove(key);
      },
      onInvalidated: options.onInvalidated,
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
      await inStep((transaction) => this.live.compact(transaction)).catch(ignoreOutOfSpace);
      // The journal cannot tell any more what has changed since the hot set was saved.
      this.hot.outdate();
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
    // Not every entry that a faster tier has is here as well.
    if (this.live.known?.touch(key) === false) return;
    this.hot.touch(key);
    this.#uses.add(key);
  }

  /** Tells the journal of uses, where no other change comes that could. */
  async tellUses(): Promise<void> {
    if (this.#uses.isEmpty) return;
    await this.change('set', (inStep) =>
      inStep(async (transaction, takeUses) => {
        await this.live.catchUp(transaction);
        return { committed: this.live.writeUses(transaction, takeUses()) };
      }).catch(ignoreOutOfSpace),
    );
  }

  /** Another tab has changed something, or may have. */
  async catchUp(operation: Operation = 'get'): Promise<void> {
    if (this.live.known === undefined) {
      // What is being read may be from before.
      this.#hasNews = this.#loading !== undefined;
      return;
    }
    // One that has not begun to read finds what there is to be found now.
    this.#catchingUp ??= this.#catchUp(operation);
    await this.#catchingUp;
  }

  async #catchUp(operation: Operation): Promise<void> {
    const { seen } = this.live;
    await this.#options.connection.run(operation, async (database, deadline) => {
      // From here on, what another tab tells of may come too late for this look.
      this.#catchingUp = undefined;
      const stores = allStores;
      const look = () =>
        reading({ database, deadline, stores }, (transaction) => this.live.catchUp(transaction));
      await look().catch((cause: unknown) => {
        if (!(cause instanceof DirectoryLost)) throw cause;
        return this.#known(database, deadline);
      });
    });
    this.#catchingUp = undefined;
    if (this.live.seen !== seen) this.#options.onChanged();
  }

  async #inStep<Outcome extends { readonly committed: () => void }>(
    database: Database,
    deadline: Deadline,
    body: Body<Outcome>,
  ): Promise<Outcome> {
    const { durability, channel } = this.#options;
    const attempt = async () => {
      let taken: readonly RowKey[] = [];
      const takeUses = () => (taken = this.#uses.take());
      try {
        return await writing({ database, deadline, stores: allStores, durability }, (transaction) =>
          body(transaction, takeUses),
        );
      } catch (cause) {
        for (const key of taken) this.#uses.add(key);
        throw cause;
      }
    };
    const again = async (triesLeft: number): Promise<Outcome> => {
      try {
        return await attempt();
      } catch (cause) {
        if (!(cause instanceof DirectoryLost) || triesLeft === 0) throw cause;
        await deadline.race(this.#known(database, deadline));
        return again(triesLeft - 1);
      }
    };
    // Between loading it anew and the next try, yet another tab may make the journal anew.
    const outcome = await again(mostReloads);
    outcome.committed();
    channel.tell(this.live.seen);
    return outcome;
  }

  /** Settles when the directory is in step with this handle's database. */
  async #known(database: Database, deadline: Deadline): Promise<void> {
    while (this.#database === database && this.#loading !== undefined) await this.#loading;
    if (this.#database === database && this.live.known !== undefined) return;
    this.#database = database;
    const loading = this.#load(database, deadline).finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
    this.#loading = loading;
    await loading;
  }

  async #load(database: Database, deadline: Deadline): Promise<void> {
    const { canary, codec, hasHotSet, onChanged, onLost } = this.#options;
    const { seen } = this.live;
    // What it holds may have changed while nobody told.
    if (this.live.known === undefined) this.hot.clear();
    const remembered = canary.remembered();
    const start = await readHotSet(database, deadline, hasHotSet ? codec : undefined);
    const verdict = await canary.check(start.canary, remembered, database, deadline);
    this.#checkCurrent(database);
    if (verdict === 'same' && this.live.known !== undefined) {
      const isInStep = await reading({ database, deadline, stores: allStores }, (transaction) =>
        this.live.catchUp(transaction),
      ).catch(ignore);
      if (isInStep !== undefined) {
        if (this.live.seen !== seen) onChanged();
        return;
      }
      this.#checkCurrent(database);
    }
    this.live.forget();
    this.hot.use(start.pack);
    for (const key of start.changed) this.hot.remove(key);
    const { records, rows } = await readSnapshot(database, deadline);
    const told = await readJournal(records, rows);
    this.#checkCurrent(database);
    let lost: number | undefined = 0;
    if (told !== undefined && told !== 'dropped' && told.directory.entries === rows) {
      this.live.become(told);
      // The hot set was read before.
      if (told.startsAt > start.seen) this.hot.clear();
      else for (const key of told.changedSince(start.seen)) this.hot.remove(key);
    } else {
      const found = await this.#rebuild(database);
      if (told === undefined) lost = undefined;
      else if (told !== 'dropped') lost = Math.max(0, told.directory.entries - found);
    }
    // One loss, one event, by whatever it shows.
    if (verdict === 'emptied' || lost !== 0) onLost(lost === 0 ? undefined : lost);
    onChanged();
    const hasNews = this.#hasNews;
    this.#hasNews = false;
    if (hasNews) void this.catchUp();
  }

  /** What was found out about one handle's database must not be taken for that of another, opened meanwhile. */
  #checkCurrent(database: Database): void {
    if (database !== this.#database)
      throw new DOMException('Another handle was opened meanwhile', 'InvalidStateError');
  }

  /** Gives the number of rows. */
  async #rebuild(database: Database): Promise<number> {
    const { connection, durability } = this.#options;
    this.hot.clear();
    const deadline = connection.deadline('open', rebuildTimeout);
    const attempt = (dropsJournal: boolean) =>
      writing({ database, deadline, stores: allStores, durability }, (transaction) =>
        this.live.rebuild(transaction, dropsJournal),
      );
    try {
      const { rows, committed } = await attempt(false).catch((cause: unknown) => {
        // Then without a journal, which the next tab to open the database will miss as this one does.
        if (!isOutOfSpace(cause)) throw cause;
        return attempt(true);
      });
      this.#checkCurrent(database);
      committed();
      return rows;
    } finally {
      deadline.clear();
    }
  }
}
