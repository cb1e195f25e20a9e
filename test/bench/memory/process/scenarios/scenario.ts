import type { CreateCache } from '../cache.js';
import type { Pool } from '../pool.js';

/** Something done with a cache over and over. */
export interface Scenario {
  /** Operations after which the cache is in the state that is to be measured. */
  readonly warmUp: number;
  /** Makes ready what the next operations need, where that must not be timed. */
  prepare?(operations: number): void;
  /** Brings the keys and entries of the next operations, few enough, into the processor's cache. */
  touch?(operations: number): void;
  /** @returns how many of the operations found an entry */
  run(operations: number): number;
  /** @throws {Error} when the cache did something else than what was to be measured */
  verify(operations: number, hits: number): void;
}

export interface ScenarioSettings {
  readonly create: CreateCache;
  readonly pool: Pool;
  /** Entries that the cache may hold. */
  readonly capacity: number;
  /** Keys of the pool that are used; at least twice the capacity. */
  readonly keys: number;
}

export type CreateScenario = (settings: ScenarioSettings) => Scenario;
