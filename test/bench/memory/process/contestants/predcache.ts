import { type Entry, type EvictionPolicy, type MemoryTier, memory } from '@predcache/core';
import type { Cache, CreateCache } from '../cache.js';
import { model, type Pool } from '../pool.js';

/** The memory tier as the pipeline uses it, with the default policy. */
export const create: CreateCache = (pool, capacity) => new Predcache(pool, capacity, undefined);

export class Predcache implements Cache {
  readonly mostEntries: number;
  readonly #pool: Pool;
  readonly #tier: MemoryTier;

  constructor(pool: Pool, capacity: number, policy: EvictionPolicy | undefined) {
    this.#pool = pool;
    this.mostEntries = capacity;
    this.#tier = memory({ maxEntries: capacity, maxSize: Number.MAX_SAFE_INTEGER, policy });
  }

  get size(): number {
    return this.#tier.usage().entries;
  }

  get(key: string): Entry | undefined {
    return this.#tier.peek(key, model);
  }

  set(number: number): void {
    this.#tier.setMany([this.#pool.entries[number]!]);
  }
}
