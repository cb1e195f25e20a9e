import type { Entry } from '../entry.js';
import type { PredcacheError } from '../errors/predcacheError.js';
import type { Selector } from './selector.js';

export type TierName = 'memory' | 'indexeddb' | 'shared';

export type MaybePromise<T> = T | Promise<T>;

/** How full a tier is; sizes in bytes. A bound that is not set is absent. */
export interface TierUsage {
  readonly entries: number;
  readonly bytes: number;
  readonly maxEntries?: number | undefined;
  readonly maxSize?: number | undefined;
}

/** The bound that an entry was evicted for: bytes or entries of the tier, or its model's share of the bytes. */
export type EvictionReason = 'size' | 'entries' | 'share';

/** Something a tier has to say. `model` is the entry's model where one entry or model is concerned. */
export type TierEvent =
  | {
      readonly type: 'evicted';
      readonly tier: TierName;
      readonly key: string;
      readonly model: string;
      readonly size: number;
      readonly reason: EvictionReason;
    }
  | {
      /** Not stored, because it is larger than the tier takes, or older than it keeps anything. */
      readonly type: 'refused';
      readonly tier: TierName;
      readonly key: string;
      readonly model: string;
      readonly size: number;
      readonly reason: 'size' | 'expired';
    }
  | {
      /** Removed, because it was older than the tier keeps anything. */
      readonly type: 'expired';
      readonly tier: TierName;
      readonly key: string;
      readonly model: string;
      readonly size: number;
    }
  | {
      /** An operation did not work; the tier answered with misses, or skipped the write, and goes on. */
      readonly type: 'tier-error';
      readonly tier: TierName;
      readonly operation: 'open' | 'get' | 'set' | 'delete' | 'evict' | 'usage' | 'close';
      readonly error: PredcacheError;
    }
  | {
      /**
       * The storage was found emptied, or entries missing, without anybody having removed them: the browser cleared it, or
       * its files were damaged.
       */
      readonly type: 'storage-lost';
      readonly tier: TierName;
      /** How many are missing, where that is known. */
      readonly entries: number | undefined;
    }
  | {
      /**
       * Entries were deleted on somebody's order: of this predictor, another one, or another tab. Reported at once, before
       * the deletion has settled. Where a `where` chose them elsewhere, `selector` has their keys.
       */
      readonly type: 'invalidated';
      readonly tier: TierName;
      readonly selector: Selector;
    }
  | { readonly type: 'usage'; readonly tier: TierName; readonly usage: TierUsage };

export interface SetOptions {
  /**
   * What `mark` gave when the entries began to be computed: none is stored that a deletion since then covers, whoever
   * called it.
   */
  readonly since?: number | undefined;
}

export type TierListener = (event: TierEvent) => void;

/**
 * A place that keeps entries. It may vanish at any moment: it then answers with misses and reports a `tier-error`;
 * no method ever throws or rejects. `tierConformance` in `@predcache/core/testing` checks all of this.
 */
export interface Tier {
  readonly name: TierName;

  /** Hears every event of this tier until the returned function is called. Several predictors may listen. */
  subscribe(listener: TierListener): () => void;

  /**
   * Synchronous look-up in what the tier has in memory. Counts as a use of the entry.
   *
   * @param model whose entry is looked for (an `Entry.model`), for tiers that count misses by model
   */
  peek?(key: string, model?: string): Entry | undefined;

  /** Whether `peek` finds all that `getMany` does, which then need not be asked. `usage` must be synchronous too. */
  readonly peeksEverything?: boolean;

  /**
   * Hears of entries that a faster tier has answered for, some at a time, so that what is asked for often is not taken
   * here for what nobody asks for.
   */
  touch?(keys: readonly string[]): void;

  /** One element per key, in order; a miss is `undefined`. `model` as in `peek`. */
  getMany(keys: readonly string[], model?: string): MaybePromise<readonly (Entry | undefined)[]>;

  /**
   * Settles when the entries are readable by a later `getMany`, with how many of them were stored: refused ones and
   * failed ones are not. Replaces entries of the same key.
   */
  setMany(entries: readonly Entry[], options?: SetOptions): MaybePromise<number>;

  /**
   * For tiers that others write to as well, such as other tabs: stands for what was deleted so far. Given to a later
   * `setMany`, see there.
   */
  mark?(): number;

  /**
   * For tiers that other tabs write to: settles when a look-up finds all that they had written by now. Without a call, it
   * may miss the latest.
   */
  catchUp?(): MaybePromise<void>;

  /**
   * For tiers that other tabs share: names what they must have in common to see the same entries, for instance the
   * database and the partition. Tabs of different scopes do not share computations either.
   */
  readonly scope?: string;

  /**
   * Gives the number of entries removed. Covers every `setMany` called before it, settled or not, and reports
   * `invalidated`. A selector by tags or model takes time in proportion to what it removes.
   */
  delete(selector: Selector): MaybePromise<number>;

  usage(): MaybePromise<TierUsage>;

  /** Writes what is pending and lets go of resources. Afterwards every look-up is a miss. */
  close(): MaybePromise<void>;
}
