import type { Entry } from '@predcache/core';
import { newCache, type Cache as TransitoryCache } from 'transitory';
import type { Cache, CreateCache } from '../cache.js';
import type { Pool } from '../pool.js';

export const create: CreateCache = (pool, capacity) => new OfTransitory(pool, capacity);

class OfTransitory implements Cache {
  readonly mostEntries: number;
  readonly #pool: Pool;
  readonly #cache: TransitoryCache<string, Entry>;

  constructor(pool: Pool, capacity: number) {
    this.#pool = pool;
    // It evicts in batches.
    this.mostEntries = capacity + Math.max(5, Math.floor(capacity / 100));
    this.#cache = newCache<string, Entry>().maxSize(capacity).build();
  }

  get size(): number {
    return this.#cache.size;
  }

  get(key: string): Entry | undefined {
    return this.#cache.getIfPresent(key) ?? undefined;
  }

  set(number: number): void {
    this.#cache.set(this.#pool.keys[number]!, this.#pool.entries[number]!);
  }
}
