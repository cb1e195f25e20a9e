import type { Entry } from '@predcache/core';
import type { Cache } from '../cache.js';
import type { Pool } from '../pool.js';

/** What most libraries look like. */
export interface KeyValueStore {
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry): unknown;
  readonly size: number;
}

/** A library's cache as a contestant. */
export class KeyValueCache implements Cache {
  readonly mostEntries: number;
  readonly #pool: Pool;
  readonly #store: KeyValueStore;

  constructor(pool: Pool, capacity: number, store: KeyValueStore) {
    this.#pool = pool;
    this.mostEntries = capacity;
    this.#store = store;
  }

  get size(): number {
    return this.#store.size;
  }

  get(key: string): Entry | undefined {
    return this.#store.get(key);
  }

  set(number: number): void {
    this.#store.set(this.#pool.keys[number]!, this.#pool.entries[number]!);
  }
}
