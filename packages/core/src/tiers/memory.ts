import type { Entry } from '../entry.js';
import { PredcacheError } from '../errors/predcacheError.js';
import { Listeners } from '../events/listeners.js';
import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import { lru } from '../policies/lru.js';
import { SlotTable } from './slotTable.js';
import type { Selector, Tier, TierEvent, TierListener, TierUsage } from './tier.js';

export interface MemoryOptions {
  /**
   * Bytes it may hold, by `Entry.size`.
   *
   * @default 16e6
   */
  readonly maxSize?: number | undefined;
  /**
   * Entries it may hold.
   *
   * @default unbounded
   */
  readonly maxEntries?: number | undefined;
  /**
   * Who goes when room is needed. A policy keeps state: give each tier one of its own.
   *
   * @default lru()
   */
  readonly policy?: EvictionPolicy | undefined;
}

/** A tier in memory: what `peek` reads. All its methods are synchronous. */
export interface MemoryTier extends Tier {
  peek(key: string): Entry | undefined;
  getMany(keys: readonly string[]): readonly (Entry | undefined)[];
  setMany(entries: readonly Entry[]): number;
  delete(selector: Selector): number;
  usage(): TierUsage;
  close(): void;
}

/**
 * Keeps entries in memory, within a budget of bytes and entries that holds after every call.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID` when a bound is not a number of 1 or more.
 *
 * @example
 * const tier = memory({ maxSize: 8e6, maxEntries: 10_000 });
 */
export function memory({
  maxSize = 16e6,
  maxEntries = Number.POSITIVE_INFINITY,
  policy = lru(),
}: MemoryOptions = {}): MemoryTier {
  checkBound('maxSize', maxSize);
  checkBound('maxEntries', maxEntries);
  return new Memory(maxSize, maxEntries, policy);
}

class Memory implements MemoryTier {
  readonly name = 'memory';
  readonly #maxSize: number;
  readonly #maxEntries: number;
  readonly #policy: EvictionPolicy;
  readonly #listeners = new Listeners<TierEvent>();
  readonly #table = new SlotTable();
  #reserved = 0;
  #bytes = 0;
  #isClosed = false;

  constructor(maxSize: number, maxEntries: number, policy: EvictionPolicy) {
    this.#maxSize = maxSize;
    this.#maxEntries = maxEntries;
    this.#policy = policy;
  }

  subscribe(listener: TierListener): () => void {
    return this.#listeners.add(listener);
  }

  peek(key: string): Entry | undefined {
    const slot = this.#table.slotOf(key);
    if (slot === undefined) return undefined;
    this.#policy.used(slot);
    return this.#table.entryAt(slot);
  }

  getMany(keys: readonly string[]): readonly (Entry | undefined)[] {
    return keys.map((key) => this.peek(key));
  }

  setMany(entries: readonly Entry[]): number {
    let stored = 0;
    for (const entry of entries) if (this.#set(entry)) stored++;
    return stored;
  }

  delete(selector: Selector): number {
    const keys = 'keys' in selector ? selector.keys : this.#keysOf(selector);
    let removed = 0;
    for (const key of keys) {
      const slot = this.#table.slotOf(key);
      if (slot === undefined) continue;
      this.#remove(slot);
      removed++;
    }
    return removed;
  }

  usage(): TierUsage {
    return {
      entries: this.#table.size,
      bytes: this.#bytes,
      maxSize: this.#maxSize,
      ...(Number.isFinite(this.#maxEntries) ? { maxEntries: this.#maxEntries } : {}),
    };
  }

  close(): void {
    this.delete({ all: true });
    this.#isClosed = true;
    this.#listeners.clear();
  }

  #set(entry: Entry): boolean {
    if (this.#isClosed) return false;
    const previous = this.#table.slotOf(entry.key);
    if (previous !== undefined) this.#remove(previous);
    const { key, model, size } = entry;
    // Written so that an entry without a size is refused as well: it would undo the accounts.
    if (!(size >= 0 && size <= this.#maxSize)) {
      this.#listeners.report({ type: 'refused', tier: 'memory', key, model, size });
      return false;
    }
    const evicted: TierEvent[] = [];
    // Room is made before, not after: the bounds hold at every moment, and no policy can evict what is just coming in.
    while (this.#bytes + size > this.#maxSize) evicted.push(this.#evict('size'));
    while (this.#table.size >= this.#maxEntries) evicted.push(this.#evict('entries'));
    const slot = this.#table.add(entry);
    if (slot >= this.#reserved) {
      this.#reserved = Math.max(64, this.#reserved * 2);
      this.#policy.reserve(this.#reserved);
    }
    this.#policy.inserted(slot);
    this.#bytes += size;
    // Only now: a listener may well write to this tier.
    for (const event of evicted) this.#listeners.report(event);
    return true;
  }

  #evict(reason: 'size' | 'entries'): TierEvent {
    const { key, model, size } = this.#remove(this.#policy.victim());
    return { type: 'evicted', tier: 'memory', key, model, size, reason };
  }

  #remove(slot: number): Entry {
    const entry = this.#table.remove(slot);
    this.#policy.removed(slot);
    this.#bytes -= entry.size;
    return entry;
  }

  #keysOf(selector: { readonly model: string } | { readonly all: true }): string[] {
    const keys: string[] = [];
    for (const entry of this.#table.entries()) {
      if (entry !== undefined && ('all' in selector || entry.model === selector.model)) keys.push(entry.key);
    }
    return keys;
  }
}

function checkBound(option: string, value: number): void {
  if (typeof value === 'number' && value >= 1) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `${option} is ${String(value)}`,
    where: `memory({ ${option} })`,
    hint: 'Pass a number of 1 or more',
  });
}
