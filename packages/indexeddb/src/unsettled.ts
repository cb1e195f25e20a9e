import type { Entry, EntryFacts, Selector } from '@predcache/core';
import { isCovered } from './covering.js';
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

  /** Says of a row that is read now whether it is being deleted: it is a miss then. `undefined` when none is. */
  deletions(): ((entry: EntryFacts) => boolean) | undefined {
    if (this.#deletions.size === 0) return undefined;
    const selectors = [...this.#deletions];
    return (entry) => selectors.some((selector) => isCovered(selector, entry));
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
      for (const [key, { entry, batch }] of this.#writes) {
        // Not forgotten: what it is written over must not come back to light.
        if (entry !== undefined && isCovered(selector, entry))
          this.#writes.set(key, { entry: undefined, batch });
      }
    }
    this.#deletions.add(selector);
    return () => this.#deletions.delete(selector);
  }
}
