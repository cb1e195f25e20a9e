import type { Entry } from '@predcache/core';
import type { Connection } from './connection.js';
import { type Reading, readRow } from './row.js';
import { transact } from './transact.js';
import type { Unsettled } from './unsettled.js';
import type { WritePace } from './writePace.js';

export interface LookUpsOptions {
  readonly connection: Connection;
  readonly unsettled: Unsettled;
  readonly pace: WritePace;
  /** A look-up met rows that are of no use: damaged ones, or of an older format. */
  readonly onUnreadable: (keys: readonly string[], kind: 'damaged' | 'older') => void;
}

/** Look-ups called in one turn: one transaction for all, one request for a key however often it is asked for. */
interface Batch {
  readonly keys: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Entry>>;
}

/** Gathers the look-ups of one moment. Nothing waits for company: what a turn calls is sent off as it ends. */
export class LookUps {
  readonly #options: LookUpsOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #batch: Batch | undefined;

  constructor(options: LookUpsOptions) {
    this.#options = options;
  }

  async getMany(keys: readonly string[]): Promise<readonly (Entry | undefined)[]> {
    const { unsettled } = this.#options;
    const deletedModels = unsettled.deletedModels();
    const known = keys.map((key) => unsettled.get(key));
    // A key that is none would fail the whole batch.
    const asked = keys.filter((key, index) => known[index] === undefined && typeof key === 'string');
    const found = asked.length === 0 ? undefined : await this.#ask(asked);
    return keys.map((key, index) => {
      const certain = known[index];
      if (certain !== undefined) return certain.entry;
      const entry = found?.get(key);
      return entry !== undefined && deletedModels?.has(entry.model) ? undefined : entry;
    });
  }

  /** Settles when those called so far have. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #ask(keys: readonly string[]): Batch['found'] {
    this.#batch ??= this.#begin();
    for (const key of keys) this.#batch.keys.add(key);
    return this.#batch.found;
  }

  #begin(): Batch {
    const keys = new Set<string>();
    const found = Promise.resolve().then(() => {
      this.#batch = undefined;
      return this.#read([...keys]);
    });
    this.#underWay.add(found);
    void found.then(() => {
      this.#underWay.delete(found);
      this.#options.pace.lookedUp();
    });
    return { keys, found };
  }

  async #read(keys: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
    const done = await this.#options.connection.run('get', (database, deadline) =>
      transact(database, deadline, ['entries'], 'readonly', (transaction) => {
        const store = transaction.objectStore('entries');
        return Promise.all(keys.map((key) => store.get(key) as Promise<unknown>));
      }),
    );
    const found = new Map<string, Entry>();
    const unreadable: Record<Exclude<Reading['kind'], 'entry'>, string[]> = {
      damaged: [],
      older: [],
      newer: [],
    };
    for (const [index, value] of (done?.value ?? []).entries()) {
      if (value === undefined) continue;
      const key = keys[index]!;
      const reading = readRow(value, key);
      if (reading.kind === 'entry') found.set(key, reading.entry);
      else unreadable[reading.kind].push(key);
    }
    for (const kind of ['damaged', 'older'] as const) {
      if (unreadable[kind].length > 0) this.#options.onUnreadable(unreadable[kind], kind);
    }
    return found;
  }
}
