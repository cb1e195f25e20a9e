import type { Entry, Selector } from '@predcache/core';
import type { Accounts } from './accounts.js';
import type { Connection } from './connection.js';
import type { Deadline } from './deadline.js';
import { type Deletion, deleteAll, deleteKeys, deleteModel, deleteUnreadable } from './deletion.js';
import type { Bounds, Evicted } from './eviction.js';
import { Ledger } from './ledger.js';
import type { Database, OrderKey } from './schema.js';
import { nameOf } from './storageErrors.js';
import { transact } from './transact.js';
import type { Unsettled } from './unsettled.js';
import { write } from './write.js';
import { WriteBatch } from './writeBatch.js';
import type { WritePace } from './writePace.js';

export interface ChangesOptions {
  readonly connection: Connection;
  readonly bounds: Bounds;
  readonly unsettled: Unsettled;
  readonly pace: WritePace;
  /** `undefined` when only counting would tell. */
  readonly onChanged: (accounts: Accounts | undefined) => void;
  readonly onEvicted: (evicted: Evicted) => void;
  readonly onRefused: (entry: Entry) => void;
  readonly onEntryFailed: (entry: Entry, cause: unknown) => void;
}

/** Rows that one transaction writes or deletes by key, so that it ends long before its timeout. */
const maxRows = 2_000;

interface Step {
  readonly run: () => Promise<void>;
  /** Whether it may be held back for more to join it. */
  readonly mayWait: boolean;
}

/** The entries of a batch that could not be stored; `undefined` when none could. */
type Failures = ReadonlySet<Entry> | undefined;

/**
 * All that changes the database, in the order of the calls, one transaction at a time. Writes of one moment, and
 * those that come while another change is under way or a write waits for its turn, go together.
 */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #steps: Step[] = [];
  readonly #unreadable = new Set<string>();
  /** The batch at the end of the queue, while more may join it. */
  #open: { readonly batch: WriteBatch; readonly failures: Promise<Failures> } | undefined;
  #running: Promise<void> | undefined;
  #mayWait = true;
  /** The handle whose accounts have been compared with its rows. */
  #verified: Database | undefined;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** Settles once they are committed, with how many were stored. */
  async write(entries: readonly Entry[]): Promise<number> {
    if (entries.length === 0) return 0;
    const parts: Promise<number>[] = [];
    for (let from = 0; from < entries.length; from += maxRows) {
      parts.push(this.#writePart(entries.slice(from, from + maxRows)));
    }
    return (await Promise.all(parts)).reduce((sum, stored) => sum + stored, 0);
  }

  async #writePart(entries: readonly Entry[]): Promise<number> {
    const { batch, failures } = this.#open ?? this.#openBatch();
    const accepted = entries.filter((entry) => this.#accept(entry, batch));
    // Full: what comes next starts another, so that each ends long before its timeout.
    if (batch.changes.size >= maxRows) this.#open = undefined;
    const failed = await failures;
    return failed === undefined ? 0 : accepted.filter((entry) => !failed.has(entry)).length;
  }

  async delete(asked: Selector): Promise<number> {
    // A copy: the caller may change it meanwhile, or pass the same one again before this has settled.
    const selector: Selector = 'keys' in asked ? { keys: [...asked.keys] } : { ...asked };
    const settled = this.#options.unsettled.deleting(selector);
    this.#open = undefined;
    const removed = await this.#enqueue(() => this.#delete(selector));
    settled();
    return removed;
  }

  /** Removes rows that cannot be read. */
  discard(keys: readonly string[]): void {
    const isAhead = this.#unreadable.size > 0;
    for (const key of keys) this.#unreadable.add(key);
    if (isAhead) return;
    void this.#enqueue(async () => {
      const unreadable = [...this.#unreadable];
      this.#unreadable.clear();
      await this.#apply(deleteUnreadable(unreadable));
    });
  }

  /** Lets writes go that are being gathered. */
  flush(): void {
    this.#options.pace.hurry();
  }

  /** Settles when nothing is left to do; nothing is gathered from now on. */
  async finish(): Promise<void> {
    this.#mayWait = false;
    this.flush();
    while (this.#running !== undefined) await this.#running;
  }

  #accept(entry: Entry, batch: WriteBatch): boolean {
    const { bounds, unsettled, onRefused, onEvicted } = this.#options;
    if (entry.size > bounds.maxSize) {
      batch.remove(entry.key);
      unsettled.written(entry.key, undefined, batch);
      onRefused(entry);
      return false;
    }
    const evicted = batch.put(entry);
    unsettled.written(entry.key, entry, batch);
    for (const gone of evicted) {
      unsettled.written(gone.key, undefined, batch);
      onEvicted(gone);
    }
    return true;
  }

  #openBatch() {
    const batch = new WriteBatch(this.#options.bounds);
    const failures = this.#enqueue(() => {
      if (this.#open?.batch === batch) this.#open = undefined;
      return this.#write(batch);
    }, true);
    this.#open = { batch, failures };
    return this.#open;
  }

  #enqueue<T>(run: () => Promise<T>, mayWait = false): Promise<T> {
    // Whatever comes next must not wait for what is only being gathered.
    this.flush();
    return new Promise((resolve, reject) => {
      this.#steps.push({ run: () => run().then(resolve, reject), mayWait });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // What the rest of this turn calls still joins.
    await Promise.resolve();
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      if (step.mayWait && this.#mayWait && this.#steps.length === 0) await this.#options.pace.turn();
      await step.run();
    }
    this.#running = undefined;
  }

  async #write(batch: WriteBatch): Promise<Failures> {
    const { connection, bounds, unsettled, pace, onChanged, onEvicted, onEntryFailed } = this.#options;
    const done = await connection.run('set', async (database, deadline) => {
      const verify = database !== this.#verified;
      const outcome = await transact(database, deadline, ['entries', 'state'], 'readwrite', (transaction) =>
        write(transaction, batch.changes, bounds, { verify }),
      );
      this.#verified = database;
      return outcome;
    });
    pace.wrote();
    unsettled.settled(batch);
    if (done === undefined) return undefined;
    const { accounts, evicted, failed } = done.value;
    for (const { entry, cause } of failed) onEntryFailed(entry, cause);
    for (const gone of evicted) onEvicted(gone);
    onChanged(accounts);
    return new Set(failed.map(({ entry }) => entry));
  }

  async #delete(selector: Selector): Promise<number> {
    // The accounts are not read for it: counting them anew must not stand in the way of deleting everything.
    if ('all' in selector) return (await this.#apply(deleteAll, true))?.removed ?? 0;
    let removed = 0;
    let forget = false;
    if ('keys' in selector) {
      for (let from = 0; from < selector.keys.length; from += maxRows) {
        const part = await this.#apply(deleteKeys(selector.keys.slice(from, from + maxRows)), forget);
        if (part === undefined) break;
        removed += part.removed;
        forget = part.forget;
      }
      return removed;
    }
    let next: OrderKey | undefined;
    do {
      const from = next;
      next = undefined;
      const part = await this.#apply(
        deleteModel(selector.model, from, (key) => {
          next = key;
        }),
        forget,
      );
      if (part === undefined) break;
      removed += part.removed;
      forget = part.forget;
    } while (next !== undefined);
    return removed;
  }

  /** @param forget Do not try to write the accounts. */
  async #apply(deletion: Deletion, forget = false): Promise<Applied | undefined> {
    const { connection, onChanged } = this.#options;
    const attempt = (database: Database, deadline: Deadline, forget: boolean) =>
      transact(database, deadline, ['entries', 'state'], 'readwrite', async (transaction) => {
        const ledger = await Ledger.open(transaction, { forget });
        await deletion(transaction, ledger);
        const accounts = await ledger.close();
        return { removed: ledger.entriesRemoved, accounts, forget };
      });
    const done = await connection.run(
      'delete',
      (database, deadline) =>
        attempt(database, deadline, forget).catch((cause: unknown) => {
          // Of all things, deleting must work when the storage is full.
          if (forget || nameOf(cause) !== 'QuotaExceededError') throw cause;
          return attempt(database, deadline, true);
        }),
      // Someone may be counting on it, to log a user out for instance: it is tried even in a pause.
      { force: true },
    );
    if (done !== undefined && done.value.removed > 0) onChanged(done.value.accounts);
    return done?.value;
  }
}

/** What came of one transaction of a deletion. */
interface Applied {
  readonly removed: number;
  readonly accounts: Accounts | undefined;
  readonly forget: boolean;
}
