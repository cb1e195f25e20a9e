import type { Entry } from '@predcache/core';
import type { Cache, CreateCache } from '../cache.js';
import type { Pool } from '../pool.js';

/** The platform's limit: a Map that drops its oldest key, which a ring of the keys knows. */
export const create: CreateCache = (pool, capacity) => new BareMap(pool, capacity);

class BareMap implements Cache {
  readonly mostEntries: number;
  readonly #pool: Pool;
  readonly #map = new Map<string, Entry>();
  readonly #ring: string[];
  #oldest = 0;

  constructor(pool: Pool, capacity: number) {
    this.#pool = pool;
    this.mostEntries = capacity;
    this.#ring = new Array(capacity);
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: string): Entry | undefined {
    return this.#map.get(key);
  }

  /** Only for keys that it does not hold, and no scenario sets others. */
  set(number: number): void {
    const key = this.#pool.keys[number]!;
    if (this.#map.size === this.mostEntries) this.#map.delete(this.#ring[this.#oldest]!);
    this.#ring[this.#oldest] = key;
    if (++this.#oldest === this.mostEntries) this.#oldest = 0;
    this.#map.set(key, this.#pool.entries[number]!);
  }
}
