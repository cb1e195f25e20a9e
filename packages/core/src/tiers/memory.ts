import type { Entry } from '../entry.js';
import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import { type MemoryOptions, validateMemoryOptions } from './memoryOptions.js';
import type { MemoryStats } from './memoryStats.js';
import { Memory } from './memoryTier.js';
import type { Selector } from './selector.js';
import type { Tier, TierUsage } from './tier.js';

/** A tier in memory: what `peek` reads. All its methods are synchronous. */
export interface MemoryTier extends Tier {
  readonly peeksEverything: true;
  peek(key: string, model?: string): Entry | undefined;
  getMany(keys: readonly string[], model?: string): readonly (Entry | undefined)[];
  setMany(entries: readonly Entry[]): number;
  delete(selector: Selector): number;
  usage(): TierUsage;
  close(): void;

  /** What it holds and has counted, of each model and of all; bytes, and ms of computing saved. */
  stats(): MemoryStats;

  /**
   * Puts another policy in force. Every entry stays, and the new policy is told of them in the order in which the old
   * one would have evicted them.
   *
   * @throws {PredcacheError} `OPTIONS_INVALID` when it is no policy, or in use by another tier.
   */
  setPolicy(policy: EvictionPolicy): void;
}

/**
 * Keeps entries in memory, within a budget of bytes and entries that holds after every call. Several predictors may
 * share one: it then is one budget for all of their models.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when a bound makes no sense, or the policy is in use by another tier.
 *
 * @example
 * const tier = memory({ maxSize: 8e6, maxEntries: 10_000, ttl: 24 * 3600e3, policy: s3fifo() });
 * const predictor = createPredictor({ model, tiers: [tier], onDevice });
 * tier.stats().hits;
 */
export function memory(options: MemoryOptions = {}): MemoryTier {
  validateMemoryOptions(options);
  return new Memory(options);
}
