import type { Entry } from '@predcache/core';
import type { NaivePolicy } from './naivePolicies.js';

export interface NaiveOptions {
  readonly maxSize: number;
  readonly maxEntries: number;
  readonly maxEntrySize: number;
  readonly ttl: number;
  readonly maxShare: Readonly<Record<string, number>>;
}

interface Kept {
  readonly entry: Entry;
  readonly born: number;
  readonly order: number;
}

interface Account {
  hits: number;
  misses: number;
  evictions: { size: number; entries: number; share: number };
  expirations: number;
  refusals: number;
  costSaved: number;
  readonly maxSize: number;
  policy: NaivePolicy | undefined;
}

const sizeOf = ({ size }: Entry) => Math.ceil(size);

/** The memory tier as one would write it down: a Map, sums counted anew each time, and naive policies. */
export class NaiveCache {
  readonly kept = new Map<string, Kept>();
  /** What the tier's events should say, each as one line. */
  readonly events: string[] = [];
  readonly #accounts = new Map<string, Account>();
  #unnamedMisses = 0;
  #order = 0;

  constructor(
    readonly options: NaiveOptions,
    private policy: NaivePolicy,
  ) {}

  bytes(model?: string): number {
    return this.#entries(model).reduce((sum, entry) => sum + sizeOf(entry), 0);
  }

  get(key: string, model?: string): Entry | undefined {
    const kept = this.kept.get(key);
    if (kept !== undefined && Date.now() - kept.born < this.options.ttl) {
      const account = this.#accountOf(kept.entry.model);
      account.hits++;
      account.costSaved += kept.entry.cost;
      for (const policy of this.#policiesOf(kept.entry)) policy.use(key);
      return kept.entry;
    }
    if (kept !== undefined) this.#expire(key);
    if (model === undefined) this.#unnamedMisses++;
    else this.#accountOf(model).misses++;
    return undefined;
  }

  set(entry: Entry): boolean {
    this.expireAll();
    const { key, model } = entry;
    const { maxSize, maxEntries, maxEntrySize, ttl } = this.options;
    const size = sizeOf(entry);
    const account = this.#accountOf(model);
    const isTooLarge = size > Math.min(maxEntrySize, maxSize, account.maxSize);
    if (isTooLarge || Date.now() - entry.createdAt >= ttl) {
      if (this.kept.has(key)) this.#remove(key);
      account.refusals++;
      this.events.push(`refused ${key} ${isTooLarge ? 'size' : 'expired'}`);
      return false;
    }
    if (this.kept.has(key) && this.kept.get(key)!.entry.model !== model) this.#remove(key);
    /** What the bytes grow by: less once the entry's own former self had to go. */
    const growth = () => size - (this.kept.has(key) ? sizeOf(this.kept.get(key)!.entry) : 0);
    const { policy } = account;
    while (policy !== undefined && this.bytes(model) + growth() > account.maxSize)
      this.#evict(policy, 'share', key);
    while (this.bytes() + growth() > maxSize) this.#evict(this.policy, 'size', key);
    const wasKept = this.kept.has(key);
    if (!wasKept) while (this.kept.size >= maxEntries) this.#evict(this.policy, 'entries', key);
    this.kept.set(key, { entry, born: Math.min(entry.createdAt, Date.now()), order: this.#order++ });
    for (const policy of this.#policiesOf(entry)) {
      if (wasKept) policy.replace(key, size, entry.cost);
      else policy.insert(key, size, entry.cost);
    }
    return true;
  }

  delete(keys: readonly string[]): number {
    const present = new Set(keys.filter((key) => this.kept.has(key)));
    for (const key of present) this.#remove(key);
    return present.size;
  }

  /** Everything that is older than the time to live, the oldest first. */
  expireAll(): void {
    const due = [...this.kept].filter(([, { born }]) => Date.now() - born >= this.options.ttl);
    due.sort(([, a], [, b]) => a.born - b.born || a.order - b.order);
    for (const [key] of due) this.#expire(key);
  }

  setPolicy(policy: NaivePolicy): void {
    this.policy = this.#handOver(this.policy, policy, [...this.kept.keys()]);
    for (const [model, account] of this.#accounts) {
      const keys = this.#entries(model).map(({ key }) => key);
      if (account.policy !== undefined) account.policy = this.#handOver(account.policy, policy.fresh(), keys);
    }
  }

  stats() {
    const models = Object.fromEntries(
      [...this.#accounts].map(([model, { policy, maxSize, ...counts }]) => [
        model,
        { ...counts, entries: this.#entries(model).length, bytes: this.bytes(model) },
      ]),
    );
    return { entries: this.kept.size, bytes: this.bytes(), unnamedMisses: this.#unnamedMisses, models };
  }

  #entries(model?: string): Entry[] {
    const all = [...this.kept.values()].map(({ entry }) => entry);
    return model === undefined ? all : all.filter((entry) => entry.model === model);
  }

  #policiesOf({ model }: Entry): NaivePolicy[] {
    const { policy } = this.#accountOf(model);
    return policy === undefined ? [this.policy] : [policy, this.policy];
  }

  #accountOf(model: string): Account {
    let account = this.#accounts.get(model);
    if (account === undefined) {
      const share = this.options.maxShare[model] ?? 1;
      account = {
        hits: 0,
        misses: 0,
        evictions: { size: 0, entries: 0, share: 0 },
        expirations: 0,
        refusals: 0,
        costSaved: 0,
        maxSize: Math.floor(this.options.maxSize * share),
        policy: share === 1 ? undefined : this.policy.fresh(),
      };
      this.#accounts.set(model, account);
    }
    return account;
  }

  /** An entry that has to go for its own new version is replaced, not evicted. */
  #evict(policy: NaivePolicy, reason: 'size' | 'entries' | 'share', incoming: string): void {
    const key = policy.victim();
    const { entry } = this.kept.get(key)!;
    this.#remove(key);
    if (key === incoming) return;
    this.#accountOf(entry.model).evictions[reason]++;
    this.events.push(`evicted ${key} ${reason}`);
  }

  #expire(key: string): void {
    this.#accountOf(this.kept.get(key)!.entry.model).expirations++;
    this.events.push(`expired ${key}`);
    this.#remove(key);
  }

  #remove(key: string): void {
    const { entry } = this.kept.get(key)!;
    this.kept.delete(key);
    for (const policy of this.#policiesOf(entry)) policy.remove(key);
  }

  #handOver(from: NaivePolicy, to: NaivePolicy, keys: readonly string[]): NaivePolicy {
    for (const _ of keys) {
      const key = from.victim();
      from.remove(key);
      const { entry } = this.kept.get(key)!;
      to.insert(key, sizeOf(entry), entry.cost);
    }
    return to;
  }
}
