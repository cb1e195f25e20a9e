import type { Entry } from '../entry.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import { Listeners } from '../events/listeners.js';
import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import { lru } from '../policies/lru.js';
import { s3fifo } from '../policies/s3fifo.js';
import { Expiry } from './expiry.js';
import { GuardedPolicy, type HeldSlot } from './guardedPolicy.js';
import { keyHash } from './keyHash.js';
import type { MemoryTier } from './memory.js';
import { isPolicy, type MemoryOptions, validatePolicy } from './memoryOptions.js';
import type { MemoryStats } from './memoryStats.js';
import { ModelAccount, ModelAccounts, sumOf } from './modelAccounts.js';
import { releasePolicy, takePolicy } from './policiesInUse.js';
import { type Selector, selects } from './selector.js';
import { SlotGroups } from './slotGroups.js';
import { largestSize, mostSlots, SlotTable } from './slotTable.js';
import type { EvictionReason, TierEvent, TierListener, TierUsage } from './tier.js';

/** What `memory()` makes. */
export class Memory implements MemoryTier {
  readonly name = 'memory' as const;
  readonly peeksEverything = true;
  readonly #maxSize: number;
  readonly #maxEntries: number;
  readonly #maxEntrySize: number;
  readonly #maxShare: NonNullable<MemoryOptions['maxShare']>;
  /** Whether a hit concerns more than the policy: most tiers have neither a time to live nor shares. */
  readonly #isSpecial: boolean;
  readonly #expiry: Expiry | undefined;
  readonly #table = new SlotTable();
  readonly #groups = new SlotGroups();
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
    this.#maxEntries = Math.min(maxEntries, mostSlots);
    this.#maxEntrySize = Math.min(maxEntrySize, largestSize);
    this.#expiry = ttl === Number.POSITIVE_INFINITY ? undefined : new Expiry(ttl);
    this.#maxShare = typeof maxShare === 'object' ? { ...maxShare } : maxShare;
    this.#isSpecial = this.#expiry !== undefined || this.#maxShare !== 1;
    this.#policy = policy;
    this.#guard = this.#guarded(policy, () => true);
  }

  subscribe(listener: TierListener): () => void {
    return this.#listeners.add(listener);
  }

  peek(key: string, model?: string): Entry | undefined {
    const slot = this.#table.slotOf(key);
    if (slot < 0) return this.#missed(model);
    if (this.#isSpecial && !this.#specialHit(slot)) return this.#missed(model);
    if (this.#table.countHit(slot)) this.#settleHits(slot);
    // Before anybody is told of anything: who listens may well call this tier.
    const entry = this.#table.entryAt(slot);
    if (!this.#guard.used(slot)) this.#report();
    return entry;
  }

  getMany(keys: readonly string[], model?: string): readonly (Entry | undefined)[] {
    return keys.map((key) => this.peek(key, model));
  }

  setMany(entries: readonly Entry[]): number {
    let stored = 0;
    for (let at = 0; at < entries.length; at++) if (this.#set(entries[at]!)) stored++;
    if (this.#events.length > 0) this.#report();
    return stored;
  }

  delete(selector: Selector): number {
    let removed = 0;
    for (const slot of this.#selected(selector)) {
      // A key may be named twice.
      if (slot < 0 || !this.#table.isHeld(slot)) continue;
      this.#remove(slot);
      removed++;
    }
    if (!this.#isClosed) this.#tell({ type: 'invalidated', tier: this.name, selector });
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
      ...(this.#maxEntries < mostSlots ? { maxEntries: this.#maxEntries } : {}),
    };
  }

  stats(): MemoryStats {
    this.#expire();
    this.#report();
    for (const slot of this.#table.held()) this.#settleHits(slot);
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
    for (const [, account] of this.#accounts) account.policy?.switchTo(this.#freshPolicy());
    this.#report();
  }

  close(): void {
    // Its policy may serve another tier by now.
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.delete({ all: true });
    this.#listeners.clear();
    releasePolicy(this.#policy);
  }

  /** The slots of what a selector covers; below 0 for keys that are not there. */
  #selected(selector: Selector): readonly number[] {
    if ('keys' in selector) return selector.keys.map((key) => this.#table.slotOf(key));
    if ('all' in selector) return [...this.#table.held()];
    const model = this.#accounts.knownNumberOf(selector.model);
    if (model === undefined) return [];
    if ('tags' in selector) return this.#groups.withTags(model, selector.tags);
    const ofModel = this.#groups.isInUse
      ? this.#groups.ofModel(model)
      : [...this.#table.held()].filter((slot) => this.#table.modelAt(slot) === model);
    return ofModel.filter((slot) => this.#isCovered(slot, selector));
  }

  /** Where a `where` throws, it is: a cache may forget what is right, and must not keep what may be wrong. */
  #isCovered(slot: number, selector: Selector): boolean {
    try {
      return selects(selector, this.#table.entryAt(slot));
    } catch (cause) {
      const error = toPredcacheError(cause, {
        code: 'STORAGE_FAILED',
        where: 'memory tier, the where of a deletion',
        hint: 'What it throws on is deleted; let it return true or false for every entry',
      });
      const isTold = this.#events.some(
        (event) => event.type === 'tier-error' && event.operation === 'delete',
      );
      if (!isTold) this.#tell({ type: 'tier-error', tier: this.name, operation: 'delete', error });
      return true;
    }
  }

  #missed(model: string | undefined): undefined {
    if (model === undefined) this.#otherMisses++;
    else this.#accounts.of(model).misses++;
    return undefined;
  }

  /** What a hit takes in a tier that has a time to live or shares; `false` when the entry has expired. */
  #specialHit(slot: number): boolean {
    if (this.#expiry !== undefined && this.#isDue(slot)) {
      this.#report();
      return false;
    }
    this.#accountAt(slot).policy?.used(slot);
    return true;
  }

  /** Removes it, if it is. */
  #isDue(slot: number): boolean {
    if (!this.#expiry!.isDue(slot, Date.now())) return false;
    this.#removeExpired(slot);
    return true;
  }

  #set(entry: Entry): boolean {
    // A key that is none could never be asked for.
    if (this.#isClosed || typeof entry.key !== 'string') return false;
    if (this.#expiry !== undefined) this.#expire();
    const size = sizeOf(entry);
    const model = this.#accounts.numberOf(entry.model);
    const account = this.#accounts.at(model);
    const slot = this.#table.slotOf(entry.key);
    // Written so that an entry without a size is refused as well: it would undo the accounts.
    if (!(size >= 0 && size <= this.#maxEntrySize && size <= account.maxSize))
      return this.#refuse(entry, account, slot, 'size');
    if (this.#expiry !== undefined && !this.#expiry.isFresh(entry.createdAt, Date.now()))
      return this.#refuse(entry, account, slot, 'expired');
    if (slot < 0) this.#insert(entry, size, model);
    else this.#replace(slot, entry, size, model);
    return true;
  }

  #refuse(entry: Entry, account: ModelAccount, slot: number, reason: 'size' | 'expired'): false {
    // Whatever becomes of the new one, the old one is out of date.
    if (slot >= 0) this.#remove(slot);
    account.refusals++;
    this.#tell({ type: 'refused', ...this.#factsOf(entry), reason });
    return false;
  }

  #insert(entry: Entry, size: number, model: number): void {
    const account = this.#accounts.at(model);
    // Room is made before, not after: the bounds hold at every moment, and no policy can evict what is just coming in.
    if (account.policy !== undefined) {
      while (account.bytes + size > account.maxSize) this.#evict(account.policy.victim(), 'share');
    }
    while (this.#bytes + size > this.#maxSize) this.#evict(this.#guard.victim(), 'size');
    while (this.#table.size >= this.#maxEntries) this.#evict(this.#guard.victim(), 'entries');
    const cost = costOf(entry);
    const slot = this.#table.freeSlot();
    if (slot >= this.#reserved) this.#reserve();
    this.#table.add(slot, entry, model, size, cost);
    this.#group(slot, entry, model);
    this.#bytes += size;
    account.bytes += size;
    account.entries++;
    if (this.#expiry !== undefined) this.#expiry.add(slot, entry.createdAt, Date.now());
    const hash = keyHash(entry.key);
    if (account.policy !== undefined) account.policy.inserted(slot, hash, size, cost);
    this.#guard.inserted(slot, hash, size, cost);
  }

  /** The entry takes the slot of the one before it, so that what its policy has learnt of the key stays. */
  #replace(slot: number, entry: Entry, size: number, model: number): void {
    const account = this.#accounts.at(model);
    const growth = size - this.#table.sizeAt(slot);
    const isSameModel = this.#table.modelAt(slot) === model;
    if (!isSameModel || !this.#makeRoom(growth, account, slot)) {
      if (this.#table.isHeld(slot)) this.#remove(slot);
      this.#insert(entry, size, model);
      return;
    }
    const cost = costOf(entry);
    this.#settleHits(slot);
    if (this.#groups.isInUse) this.#groups.remove(slot, model, this.#table.entryAt(slot));
    this.#table.replace(slot, entry, model, size, cost);
    this.#group(slot, entry, model);
    this.#bytes += growth;
    account.bytes += growth;
    if (this.#expiry !== undefined) {
      this.#expiry.remove(slot);
      this.#expiry.add(slot, entry.createdAt, Date.now());
    }
    account.policy?.replaced(slot, size, cost);
    this.#guard.replaced(slot, size, cost);
  }

  /** Evicts until an entry may grow; `false` when its own turn to go came before there was room. */
  #makeRoom(growth: number, account: ModelAccount, slot: number): boolean {
    while (account.policy !== undefined && account.bytes + growth > account.maxSize) {
      const victim = account.policy.victim();
      if (victim === slot) return false;
      this.#evict(victim, 'share');
    }
    while (this.#bytes + growth > this.#maxSize) {
      const victim = this.#guard.victim();
      if (victim === slot) return false;
      this.#evict(victim, 'size');
    }
    return true;
  }

  #evict(slot: number, reason: EvictionReason): void {
    const account = this.#accountAt(slot);
    account.evictions[reason]++;
    const entry = this.#remove(slot, account);
    if (!this.#listeners.isEmpty) this.#tell({ type: 'evicted', ...this.#factsOf(entry), reason });
  }

  #expire(): void {
    if (this.#expiry === undefined) return;
    const now = Date.now();
    for (let slot = this.#expiry.firstDue(now); slot !== undefined; slot = this.#expiry.firstDue(now))
      this.#removeExpired(slot);
  }

  #removeExpired(slot: number): void {
    this.#accountAt(slot).expirations++;
    this.#tell({ type: 'expired', ...this.#factsOf(this.#remove(slot)) });
  }

  #remove(slot: number, account = this.#accountAt(slot)): Entry {
    this.#settleHits(slot, account);
    const size = this.#table.sizeAt(slot);
    const model = this.#table.modelAt(slot);
    const entry = this.#table.remove(slot);
    if (this.#groups.isInUse) this.#groups.remove(slot, model, entry);
    this.#bytes -= size;
    account.bytes -= size;
    account.entries--;
    if (this.#expiry !== undefined) this.#expiry.remove(slot);
    if (account.policy !== undefined) account.policy.removed(slot);
    this.#guard.removed(slot);
    return entry;
  }

  #group(slot: number, entry: Entry, model: number): void {
    if (this.#groups.isNeededFor(model, entry.tags)) {
      this.#groups.begin();
      for (const held of this.#table.held())
        this.#groups.add(held, this.#table.modelAt(held), this.#table.entryAt(held));
    } else if (this.#groups.isInUse) this.#groups.add(slot, model, entry);
  }

  #reserve(): void {
    this.#reserved = Math.min(this.#maxEntries, Math.max(64, this.#reserved * 2));
    this.#table.reserve(this.#reserved);
    this.#expiry?.reserve(this.#reserved);
    this.#guard.reserve(this.#reserved);
    for (const [, account] of this.#accounts) account.policy?.reserve(this.#reserved);
  }

  #accountAt(slot: number): ModelAccount {
    return this.#accounts.at(this.#table.modelAt(slot));
  }

  /** Books the hits of a slot to its model. */
  #settleHits(slot: number, account = this.#accountAt(slot)): void {
    const hits = this.#table.takeHits(slot);
    if (hits === 0) return;
    account.hits += hits;
    account.costSaved += hits * this.#table.costAt(slot);
  }

  #openAccount(model: string, number: number): ModelAccount {
    const share = typeof this.#maxShare === 'object' ? (this.#maxShare[model] ?? 1) : this.#maxShare;
    if (share === 1) return new ModelAccount(this.#maxSize, undefined);
    const policy = this.#guarded(this.#freshPolicy(), (slot) => this.#table.modelAt(slot) === number);
    policy.reserve(this.#reserved);
    return new ModelAccount(Math.floor(this.#maxSize * share), policy);
  }

  /** One for a model's own entries. */
  #freshPolicy(): EvictionPolicy {
    try {
      const policy = this.#policy.fresh();
      if (!isPolicy(policy)) throw new TypeError('fresh() gave no policy');
      return policy;
    } catch (error) {
      this.#policyFailed(this.#policy.name, error);
      return lru();
    }
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
    return { slot, hash: keyHash(entry.key), size: this.#table.sizeAt(slot), cost: this.#table.costAt(slot) };
  }

  #policyFailed(name: string, cause: unknown): void {
    const error = toPredcacheError(cause, {
      code: 'POLICY_FAILED',
      where: `eviction policy "${name}"`,
      hint: 'Another policy took its place; policyConformance in @predcache/core/testing finds what is wrong with it',
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
