import type { Entry } from '@predcache/core';
import type { Pool } from './pool.js';

/** What every contestant can do. */
export interface Cache {
  get(key: string): Entry | undefined;
  /** Stores the pool's entry of that number under its key. */
  set(number: number): void;
  /** Entries it holds, by its own account. */
  readonly size: number;
  /** Entries that it may hold, by its own documentation. */
  readonly mostEntries: number;
}

export type CreateCache = (pool: Pool, capacity: number) => Cache;
