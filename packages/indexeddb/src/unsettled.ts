import type { Entry, Selector } from '@predcache/core';
import type { WriteBatch } from './writeBatch.js';

/** What a look-up can be told without asking the database; `entry` is `undefined` for a certain miss. */
export interface Known {
  readonly entry: Entry | undefined;
}

const certainMiss: Known = { entry: undefined };

/** Writes and deletions that were called and have not settled: look-ups called after them must see them. */
export class Unsettled {
  readonly #writes = new Map<string, { readonly entry: Entry | undefined; readonly batch: WriteBatch }>();
  readonly #deletions = new Set<Selector>();

  /** What is certain about a key now; `undefined` when only the database knows. */
  get(key: string): Known | undefined {
    const write = this.#writes.get(key);
    if (write !== undefined) return write;
    for (const selector of this.#deletions) {
      if ('all' in selector || ('keys' in selector && selector.keys.includes(key))) return certainMiss;
    }
    return undefined;
  }

  /** The models whose entries are being deleted: a row of theirs that is read now is a miss. */
  deletedModels(): ReadonlySet<string> | undefined {
    let models: Set<string> | undefined;
    for (const selector of this.#deletions) {
      if ('model' in selector) models = (models ?? new Set()).add(selector.model);
    }
    return models;
  }

  /** A write was called. `entry` is `undefined` where it removes what is stored. */
  written(key: string, entry: Entry | undefined, batch: WriteBatch): void {
    this.#writes.set(key, { entry, batch });
  }

  settled(batch: WriteBatch): void {
    for (const key of batch.changes.keys()) {
      if (this.#writes.get(key)?.batch === batch) this.#writes.delete(key);
    }
  }

  /** A deletion was called: it covers the writes called before it. Call what it gives once it has settled. */
  deleting(selector: Selector): () => void {
    if ('all' in selector) this.#writes.clear();
    else if ('keys' in selector) for (const key of selector.keys) this.#writes.delete(key);
    else {
      for (const [key, { entry }] of this.#writes) {
        if (entry?.model === selector.model) this.#writes.delete(key);
      }
    }
    this.#deletions.add(selector);
    return () => this.#deletions.delete(selector);
  }
}
