import type { Entry } from '../entry.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import { Listeners } from '../events/listeners.js';
import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import { s3fifo } from '../policies/s3fifo.js';
import { Expiry } from './expiry.js';
import { GuardedPolicy, type HeldSlot } from './guardedPolicy.js';
import { keyHash } from './keyHash.js';
import type { MemoryTier } from './memory.js';
import { type MemoryOptions, validatePolicy } from './memoryOptions.js';
import type { MemoryStats } from './memoryStats.js';
import { ModelAccount, ModelAccounts, sumOf } from './modelAccounts.js';
import { releasePolicy, takePolicy } from './policiesInUse.js';
import { SlotTable } from './slotTable.js';
import type { EvictionReason, Selector, TierEvent, TierListener, TierUsage } from './tier.js';

/** What `memory()` makes. */
export class Memory implements MemoryTier {
  readonly name = 'memory' as const;
  readonly #maxSize: number;
  readonly #maxEntries: number;
  readonly #maxEntrySize: number;
  readonly #maxShare: NonNullable<MemoryOptions['maxShare']>;
  readonly #expiry: Expiry | undefined;
  readonly #table = new SlotTable();
  readonly #accounts = new ModelAccounts((model, number) => this.#openAccount(model, number));
  readonly #guard: GuardedPolicy;
  readonly #listeners = new Listeners<TierEvent>();
  /** What happened in this call: reported at its end, because a listener may well call this tier. */
  #events: TierEvent[] = [];
  #policy: EvictionPolicy;
  #reserved = 0;
  #bytes = 0;
  /** Look-ups that named no model. */
  #otherMisses = 0;
  #isClosed = false;

  constructor({
    maxSize = 16e6,
    maxEntries = Number.POSITIVE_INFINITY,
    maxEntrySize = maxSize,
    ttl = Number.POSITIVE_INFINITY,
    policy = s3fifo(),
    maxShare = 1,
  }: MemoryOptions) {
    takePolicy(policy);
    // Beyond that, sums would no longer be exact.
    this.#maxSize = Math.min(maxSize, Number.MAX_SAFE_INTEGER);
    this.#maxEntries = maxEntries;
    this.#maxEntrySize = maxEntrySize;
    this.#expiry = ttl === Number.POSITIVE_INFINITY ? undefined : new Expiry(ttl);
    this.#maxShare = typeof maxShare === 'object' ? { ...maxShare } : maxShare;
    this.#policy = policy;
    this.#guard = this.#guarded(policy, () => true);
  }

  subscribe(listener: TierListener): () => void {
    return this.#listeners.add(listener);
  }

  peek(key: string, model?: string): Entry | undefined {
    const entry = this.#find(key, model);
    if (this.#events.length > 0) this.#report();
    return entry;
  }

  getMany(keys: readonly string[], model?: string): readonly (Entry | undefined)[] {
    const found = keys.map((key) => this.#find(key, model));
    if (this.#events.length > 0) this.#report();
    return found;
  }

  setMany(entries: readonly Entry[]): number {
    let stored = 0;
    for (const entry of entries) if (this.#set(entry)) stored++;
    if (this.#events.length > 0) this.#report();
    return stored;
  }

  delete(selector: Selector): number {
    const slots =
      'keys' in selector
        ? selector.keys.map((key) => this.#table.slotOf(key))
        : [...this.#table.held()].filter(
            (slot) => 'all' in selector || this.#table.entryAt(slot).model === selector.model,
          );
    let removed = 0;
    for (const slot of slots) {
      // A key may be named twice.
      if (slot === undefined || !this.#table.isHeld(slot)) continue;
      this.#remove(slot);
      removed++;
    }
    this.#report();
    return removed;
  }

  usage(): TierUsage {
    this.#expire();
    this.#report();
    return {
      entries: this.#table.size,
      bytes: this.#bytes,
      maxSize: this.#maxSize,
      ...(Number.isFinite(this.#maxEntries) ? { maxEntries: this.#maxEntries } : {}),
    };
  }

  stats(): MemoryStats {
    this.#expire();
    this.#report();
    const models = Object.fromEntries(
      [...this.#accounts].map(([model, account]) => [model, account.counts()]),
    );
    const total = sumOf(Object.values(models));
    return { ...total, misses: total.misses + this.#otherMisses, policy: this.#guard.name, models };
  }

  setPolicy(policy: EvictionPolicy): void {
    validatePolicy(policy);
    if (this.#isClosed || policy === this.#policy) return;
    takePolicy(policy);
    releasePolicy(this.#policy);
    this.#policy = policy;
    this.#guard.switchTo(policy);
    for (const [, account] of this.#accounts) account.policy?.switchTo(policy.fresh());
    this.#report();
  }

  close(): void {
    this.delete({ all: true });
    this.#isClosed = true;
    this.#listeners.clear();
    releasePolicy(this.#policy);
  }

  #find(key: string, model: string | undefined): Entry | undefined {
    const slot = this.#table.slotOf(key);
    if (slot === undefined || (this.#expiry !== undefined && this.#isDue(slot))) {
      if (model === undefined) this.#otherMisses++;
      else this.#accounts.at(this.#accounts.numberOf(model)).misses++;
      return undefined;
    }
    const account = this.#accounts.at(this.#table.modelAt(slot));
    account.hits++;
    account.costSaved += this.#table.costAt(slot);
    account.policy?.used(slot);
    this.#guard.used(slot);
    return this.#table.entryAt(slot);
  }

  /** Removes it, if it is. */
  #isDue(slot: number): boolean {
    if (!this.#expiry!.isDue(slot, Date.now())) return false;
    this.#removeExpired(slot);
    return true;
  }

  #set(entry: Entry): boolean {
    if (this.#isClosed) return false;
    if (this.#expiry !== undefined) this.#expire();
    let slot = this.#table.slotOf(entry.key);
    const model = this.#accounts.numberOf(entry.model);
    const account = this.#accounts.at(model);
    const reason = this.#reasonToRefuse(entry, account);
    // Whatever becomes of the new one, the old one is out of date.
    if (slot !== undefined && (reason !== undefined || this.#table.modelAt(slot) !== model)) {
      this.#remove(slot);
      slot = undefined;
    }
    if (reason !== undefined) {
      account.refusals++;
      this.#tell({ type: 'refused', ...this.#factsOf(entry), reason });
      return false;
    }
    slot = this.#makeRoom(entry, account, slot);
    if (slot === undefined) this.#insert(entry, model, account);
    else this.#replace(slot, entry, model, account);
    return true;
  }

  #reasonToRefuse(entry: Entry, account: ModelAccount): 'size' | 'expired' | undefined {
    const size = sizeOf(entry);
    // Written so that an entry without a size is refused as well: it would undo the accounts.
    if (!(size >= 0 && size <= this.#maxEntrySize && size <= account.maxSize)) return 'size';
    if (this.#expiry !== undefined && !this.#expiry.isFresh(entry.createdAt, Date.now())) return 'expired';
    return undefined;
  }

  /**
   * Evicts until the entry fits: before it is stored, so that the bounds hold at every moment and no policy can evict
   * what is just coming in. Gives the slot of the key's old entry, `undefined` when there is none any longer.
   */
  #makeRoom(entry: Entry, account: ModelAccount, slot: number | undefined): number | undefined {
    const size = sizeOf(entry);
    let replaced = slot;
    let freed = slot === undefined ? 0 : sizeOf(this.#table.entryAt(slot));
    const evict = (policy: GuardedPolicy, reason: EvictionReason) => {
      const victim = policy.victim();
      if (victim === replaced) {
        this.#remove(victim);
        replaced = undefined;
        freed = 0;
      } else {
        this.#evict(victim, reason);
      }
    };
    if (account.policy !== undefined) {
      while (account.bytes - freed + size > account.maxSize) evict(account.policy, 'share');
    }
    while (this.#bytes - freed + size > this.#maxSize) evict(this.#guard, 'size');
    while (replaced === undefined && this.#table.size >= this.#maxEntries) evict(this.#guard, 'entries');
    return replaced;
  }

  #insert(entry: Entry, model: number, account: ModelAccount): void {
    const size = sizeOf(entry);
    const cost = costOf(entry);
    if (this.#table.nextSlot() >= this.#reserved) this.#reserve();
    const slot = this.#table.add(entry, model, cost);
    this.#bytes += size;
    account.bytes += size;
    account.entries++;
    this.#expiry?.add(slot, entry.createdAt, Date.now());
    const hash = keyHash(entry.key);
    account.policy?.inserted(slot, hash, size, cost);
    this.#guard.inserted(slot, hash, size, cost);
  }

  #replace(slot: number, entry: Entry, model: number, account: ModelAccount): void {
    const size = sizeOf(entry);
    const cost = costOf(entry);
    const grown = size - sizeOf(this.#table.entryAt(slot));
    this.#table.replace(slot, entry, model, cost);
    this.#bytes += grown;
    account.bytes += grown;
    this.#expiry?.remove(slot);
    this.#expiry?.add(slot, entry.createdAt, Date.now());
    account.policy?.replaced(slot, size, cost);
    this.#guard.replaced(slot, size, cost);
  }

  #evict(slot: number, reason: EvictionReason): void {
    this.#accounts.at(this.#table.modelAt(slot)).evictions[reason]++;
    this.#tell({ type: 'evicted', ...this.#factsOf(this.#remove(slot)), reason });
  }

  #expire(): void {
    if (this.#expiry === undefined) return;
    const now = Date.now();
    for (let slot = this.#expiry.firstDue(now); slot !== undefined; slot = this.#expiry.firstDue(now))
      this.#removeExpired(slot);
  }

  #removeExpired(slot: number): void {
    this.#accounts.at(this.#table.modelAt(slot)).expirations++;
    this.#tell({ type: 'expired', ...this.#factsOf(this.#remove(slot)) });
  }

  #remove(slot: number): Entry {
    const account = this.#accounts.at(this.#table.modelAt(slot));
    const entry = this.#table.remove(slot);
    const size = sizeOf(entry);
    this.#bytes -= size;
    account.bytes -= size;
    account.entries--;
    this.#expiry?.remove(slot);
    account.policy?.removed(slot);
    this.#guard.removed(slot);
    return entry;
  }

  #reserve(): void {
    this.#reserved = Math.min(this.#maxEntries, Math.max(64, this.#reserved * 2));
    this.#table.reserve(this.#reserved);
    this.#expiry?.reserve(this.#reserved);
    this.#guard.reserve(this.#reserved);
    for (const [, account] of this.#accounts) account.policy?.reserve(this.#reserved);
  }

  #openAccount(model: string, number: number): ModelAccount {
    const share = typeof this.#maxShare === 'object' ? (this.#maxShare[model] ?? 1) : this.#maxShare;
    if (share === 1) return new ModelAccount(this.#maxSize, undefined);
    const policy = this.#guarded(this.#policy.fresh(), (slot) => this.#table.modelAt(slot) === number);
    policy.reserve(this.#reserved);
    return new ModelAccount(Math.floor(this.#maxSize * share), policy);
  }

  /** @param isConcerned which of the slots held the policy is told of */
  #guarded(policy: EvictionPolicy, isConcerned: (slot: number) => boolean): GuardedPolicy {
    return new GuardedPolicy({
      policy,
      isHeld: (slot) => this.#table.isHeld(slot) && isConcerned(slot),
      held: () => [...this.#table.held()].filter(isConcerned).map((slot) => this.#heldSlot(slot)),
      onFailure: (name, cause) => this.#policyFailed(name, cause),
    });
  }

  #heldSlot(slot: number): HeldSlot {
    const entry = this.#table.entryAt(slot);
    return { slot, hash: keyHash(entry.key), size: sizeOf(entry), cost: this.#table.costAt(slot) };
  }

  #policyFailed(name: string, cause: unknown): void {
    const error = toPredcacheError(cause, {
      code: 'POLICY_FAILED',
      where: `eviction policy "${name}"`,
      hint: 'lru() took its place; policyConformance in @predcache/core/testing finds what is wrong with it',
    });
    this.#tell({ type: 'tier-error', tier: this.name, operation: 'evict', error });
  }

  #factsOf({ key, model, size }: Entry): Pick<Entry, 'key' | 'model' | 'size'> & { tier: 'memory' } {
    return { tier: this.name, key, model, size };
  }

  /** Nobody listening costs nothing. */
  #tell(event: TierEvent): void {
    if (!this.#listeners.isEmpty) this.#events.push(event);
  }

  #report(): void {
    const events = this.#events;
    if (events.length === 0) return;
    this.#events = [];
    for (const event of events) this.#listeners.report(event);
  }
}

/** Whole bytes: sums of whole numbers are exact, whatever is added and taken away. */
function sizeOf({ size }: Entry): number {
  return Math.ceil(size);
}

/** What cannot be a duration must not spoil the sums. */
function costOf({ cost }: Entry): number {
  return Number.isFinite(cost) && cost > 0 ? cost : 0;
}
