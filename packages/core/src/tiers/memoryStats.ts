import type { EvictionReason } from './tier.js';

/** What a memory tier holds now, and has counted since it was made; for one model or for all. Exact. */
export interface MemoryCounts {
  readonly entries: number;
  readonly bytes: number;
  /** Look-ups that found something. */
  readonly hits: number;
  /** Look-ups that found nothing, or something expired. */
  readonly misses: number;
  readonly evictions: Readonly<Record<EvictionReason, number>>;
  /** Entries removed because they were older than `ttl`. */
  readonly expirations: number;
  /** Entries not stored: larger than is taken, or expired already. */
  readonly refusals: number;
  /** What computing the entries took that were hit, once for each hit, in ms. */
  readonly costSaved: number;
}

export interface MemoryStats extends MemoryCounts {
  /** Name of the policy in force. */
  readonly policy: string;
  /**
   * By `Entry.model`, which is a predictor's `modelId`. Misses are counted for the model that a look-up names; those of
   * look-ups that name none are in the total only.
   */
  readonly models: Readonly<Record<string, MemoryCounts>>;
}
