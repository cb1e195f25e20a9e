import {
  Listeners,
  type OutboxReadOptions,
  type OutboxRecord,
  type OutboxUsage,
  outboxFull,
  PredcacheError,
} from '@predcache/core';
import { Canary } from '../canary.js';
import { DatabaseConnection, type Work } from '../connection.js';
import { ignore } from '../ignore.js';
import { watchPageLife } from '../pageLife.js';
import type { Database } from '../schema.js';
import type { Operation } from '../storageErrors.js';
import { reading, writing } from '../transact.js';
import { bytesOf, countRecords, readAccounts, writeAccounts } from './accounts.js';
import type { IndexedDBOutbox } from './indexedDBOutbox.js';
import { renewLog } from './logRenewal.js';
import { toOutboxError } from './outboxErrors.js';
import type { OutboxStoreSettings } from './outboxOptions.js';
import {
  type Accounts,
  type OutboxDatabase,
  type OutboxSchema,
  type OutboxTransaction,
  outboxDatabaseName,
  outboxLayout,
  outboxStores,
} from './outboxSchema.js';

/** What `indexedDBOutbox()` makes. */
export class DurableOutbox implements IndexedDBOutbox {
  readonly name: string;
  readonly #settings: OutboxStoreSettings;
  readonly #connection: DatabaseConnection<OutboxSchema>;
  readonly #stopWatching: () => void;
  readonly #losses = new Listeners<undefined>();
  readonly #canary: Canary;
  #isClosed = false;
  #hasAppended = false;
  /** The first record that was read last, of all. */
  #head: number | undefined;
  #hasRenewedLog = false;

  constructor(settings: OutboxStoreSettings) {
    this.#settings = settings;
    this.name = outboxDatabaseName(settings.name, settings.partition);
    const { timeout } = settings;
    this.#canary = new Canary(this.name);
    this.#connection = new DatabaseConnection(
      // What goes wrong is told to whoever asked for it.
      {
        name: this.name,
        timeout,
        report: ignore,
        onOpened: (database) => void this.#lookForLoss(database).catch(ignore),
        onRest: ignore,
      },
      outboxLayout,
    );
    let isLeft = false;
    this.#stopWatching = watchPageLife({
      onHidden: ignore,
      onLeft: () => {
        isLeft = true;
        this.#connection.rest(Promise.resolve());
      },
      // Opened when it is first needed, not as soon as the page is there.
      onShown: () => isLeft && this.#connection.warmUp(),
    });
  }

  watchForLoss(onLost: () => void): () => void {
    return this.#losses.add(onLost);
  }

  append(records: readonly Uint8Array[]): Promise<OutboxUsage> {
    this.#hasAppended = true;
    return this.#change('set', 'strict', async (transaction) => {
      const accounts = await readAccounts(transaction);
      const bytes = records.reduce((sum, record) => sum + record.length, 0);
      const added = { entries: records.length, bytes };
      const full = outboxFull(this.#usage(accounts), added);
      if (full !== undefined) throw full;
      const store = transaction.objectStore('records');
      for (const record of records) store.add(record).catch(ignore);
      return { entries: accounts.entries + added.entries, bytes: accounts.bytes + added.bytes };
    });
  }

  async read({ after, count }: OutboxReadOptions): Promise<readonly OutboxRecord[]> {
    const records = await this.#read('get', async (transaction) => {
      const store = transaction.objectStore('records');
      const range = IDBKeyRange.lowerBound(after, true);
      const [ids, values] = await Promise.all([store.getAllKeys(range, count), store.getAll(range, count)]);
      return ids.map((id, index) => ({ id, bytes: bytesOf(values[index]) }));
    });
    const head = records[0]?.id;
    if (after === 0 && head !== undefined) {
      // It was there before this session, or could not be delivered: it may wait for long.
      if (head === this.#head || !this.#hasAppended) this.#renewLog();
      this.#head = head;
    }
    return records;
  }

  remove(records: readonly OutboxRecord[]): Promise<OutboxUsage> {
    // What a loss of power brings back is delivered once more.
    return this.#change('delete', 'relaxed', async (transaction) => {
      const store = transaction.objectStore('records');
      let { entries, bytes } = await readAccounts(transaction);
      const there = await Promise.all(records.map(({ id }) => store.get(id)));
      for (const [index, { id, bytes: expected }] of records.entries()) {
        const value: unknown = there[index];
        if (value === undefined || !areEqual(bytesOf(value), expected)) continue;
        store.delete(id).catch(ignore);
        entries--;
        bytes -= expected.length;
      }
      // Where damage had made them wrong, they are right again once nothing is left.
      return { entries: Math.max(0, entries), bytes: entries > 0 ? Math.max(0, bytes) : 0 };
    });
  }

  async usage(): Promise<OutboxUsage> {
    const { accounts, count } = await this.#read('usage', async (transaction) => ({
      accounts: await readAccounts(transaction),
      count: await transaction.objectStore('records').count(),
    }));
    if (accounts.entries === count) return this.#usage(accounts);
    // Damaged, or written to by something else.
    return this.#change('usage', 'relaxed', countRecords);
  }

  async clear(): Promise<number> {
    let removed = 0;
    await this.#change('delete', 'strict', async (transaction) => {
      const store = transaction.objectStore('records');
      removed = await store.count();
      store.clear().catch(ignore);
      return { entries: 0, bytes: 0 };
    });
    return removed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    this.#connection.close();
    this.#losses.clear();
  }

  /** Whether it is the database that was there before. */
  async #lookForLoss(database: OutboxDatabase): Promise<void> {
    const deadline = this.#connection.deadline('open');
    try {
      const remembered = this.#canary.remembered();
      const found = await deadline.race(database.get('state', 'canary'));
      // It touches nothing but the store `state`, in which the tier's database keeps it as well.
      const sameAsTiers = database as unknown as Database;
      const name = typeof found === 'string' ? found : undefined;
      const verdict = await this.#canary.check(name, remembered, sameAsTiers, deadline);
      if (verdict === 'emptied') this.#losses.report(undefined);
    } finally {
      deadline.clear();
    }
  }

  async #change(
    operation: Operation,
    durability: 'strict' | 'relaxed',
    body: (transaction: OutboxTransaction<'readwrite'>) => Promise<Accounts>,
  ): Promise<OutboxUsage> {
    const accounts = await this.#attempt(operation, (database, deadline) =>
      writing({ database, deadline, stores: outboxStores, durability }, async (transaction) => {
        const changed = await body(transaction);
        writeAccounts(transaction, changed);
        return changed;
      }),
    );
    return this.#usage(accounts);
  }

  /** Once a session, and beside everything else: nobody waits for it. */
  #renewLog(): void {
    if (this.#hasRenewedLog) return;
    this.#hasRenewedLog = true;
    // Where that fails, what is stored is as safe as it was.
    renewLog((work) => this.#attempt('set', work)).catch(ignore);
  }

  #read<T>(
    operation: Operation,
    body: (transaction: OutboxTransaction<'readonly'>) => Promise<T>,
  ): Promise<T> {
    return this.#attempt(operation, (database, deadline) =>
      reading({ database, deadline, stores: outboxStores }, body),
    );
  }

  async #attempt<T>(operation: Operation, work: Work<T, OutboxSchema>): Promise<T> {
    if (this.#isClosed) throw closedError(this.name);
    try {
      // Forced: each write that is put deserves a try of its own, and deliveries pause by themselves.
      return await this.#connection.attempt(operation, work, { force: true });
    } catch (error) {
      throw this.#isClosed ? closedError(this.name) : toOutboxError(error);
    }
  }

  #usage({ entries, bytes }: Accounts): OutboxUsage {
    const { maxEntries, maxSize } = this.#settings;
    return { entries, bytes, maxEntries, maxSize };
  }
}

function areEqual(some: Uint8Array, others: Uint8Array): boolean {
  return some.length === others.length && some.every((byte, index) => byte === others[index]);
}

function closedError(name: string): PredcacheError {
  return new PredcacheError({
    code: 'DISPOSED',
    what: 'The outbox is closed',
    where: `IndexedDB database "${name}"`,
    hint: 'Make a new one: what was left is still in the database',
  });
}
