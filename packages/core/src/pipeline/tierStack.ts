import { copyPayload } from '../copyPayload.js';
import type { Entry } from '../entry.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { PredictorEvent } from '../events/events.js';
import type { Tier, TierEvent, TierName, TierUsage } from '../tiers/tier.js';

/** An entry, and the tier that knew it. */
export interface Found {
  readonly entry: Entry;
  readonly source: TierName;
  readonly tier: Tier;
}

/** Answers that slower tiers hear of in one go. */
const mostTouched = 64;

type Operation = Extract<TierEvent, { type: 'tier-error' }>['operation'];

/** The tiers of one predictor, the fastest first. Whatever a tier does, nothing here throws. */
export class TierStack {
  readonly #tiers: readonly Tier[];
  readonly #modelId: string;
  readonly #report: (event: PredictorEvent) => void;
  readonly #usage = new Map<Tier, TierUsage>();
  readonly #unsubscribe: readonly (() => void)[];
  readonly #pending = new Set<Promise<unknown>>();
  readonly #touchable: readonly Tier[];
  #touched: string[] = [];

  constructor(tiers: readonly Tier[], modelId: string, report: (event: PredictorEvent) => void) {
    this.#tiers = tiers;
    this.#modelId = modelId;
    this.#report = report;
    this.#touchable = tiers.filter((tier, index) => index > 0 && tier.touch !== undefined);
    this.#unsubscribe = tiers.map((tier) => tier.subscribe((event) => this.#hear(tier, event)));
  }

  /** The synchronous look-up, in tiers that have one. What a slower one knew, the faster ones know afterwards. */
  peek(key: string): Found | undefined {
    for (const tier of this.#tiers) {
      if (tier.peek === undefined) continue;
      try {
        const entry = tier.peek(key, this.#modelId);
        if (entry === undefined) continue;
        if (tier !== this.#tiers[0]) this.store(entry, tier);
        if (this.#touchable.length > 0) this.#touch(key, tier);
        return { entry, source: tier.name, tier };
      } catch (error) {
        this.#failed(tier, 'get', error);
      }
    }
    return undefined;
  }

  /** Asks the tiers whose `peek` does not say it all, one after another. */
  async find(key: string): Promise<Found | undefined> {
    for (const tier of this.#tiers) {
      if (tier.peeksEverything === true) continue;
      try {
        const [entry] = await tier.getMany([key], this.#modelId);
        if (entry === undefined) continue;
        if (entry.key !== key || entry.model !== this.#modelId)
          throw new TypeError(`It gave an entry of another key or model for ${key}`);
        return { entry: checkedEntry(entry), source: tier.name, tier };
      } catch (error) {
        this.#failed(tier, 'get', error);
      }
    }
    return undefined;
  }

  /** Stores an entry in every tier, or in those before one. Synchronous tiers have it when this returns. */
  store(entry: Entry, before?: Tier): void {
    const end = before === undefined ? this.#tiers.length : this.#tiers.indexOf(before);
    for (const tier of this.#tiers.slice(0, end)) {
      const stored = (count: number) => {
        if (count > 0) this.#report({ type: 'stored', key: entry.key, tier: tier.name, size: entry.size });
      };
      try {
        const count = tier.setMany([entry]);
        if (typeof count === 'number') stored(count);
        else this.#track(count.then(stored, (error: unknown) => this.#failed(tier, 'set', error)));
      } catch (error) {
        this.#failed(tier, 'set', error);
      }
    }
  }

  /** Removes the model's entries everywhere. */
  async clear(): Promise<void> {
    await Promise.all(
      this.#tiers.map(async (tier) => {
        try {
          await tier.delete({ model: this.#modelId });
        } catch (error) {
          this.#failed(tier, 'delete', error);
        }
      }),
    );
  }

  /** What each tier says of itself now, or said last where asking takes time. */
  usage(): Partial<Record<Tier['name'], TierUsage>> {
    const usage: Partial<Record<Tier['name'], TierUsage>> = {};
    for (const tier of this.#tiers) {
      const known = this.#latestUsage(tier) ?? this.#usage.get(tier);
      if (known !== undefined) usage[tier.name] = known;
    }
    return usage;
  }

  #latestUsage(tier: Tier): TierUsage | undefined {
    if (tier.peeksEverything !== true) return undefined;
    try {
      const latest = tier.usage();
      return latest instanceof Promise ? undefined : latest;
    } catch (error) {
      this.#failed(tier, 'usage', error);
      return undefined;
    }
  }

  /** Closes tiers that nobody uses any longer. */
  async close(tiers: readonly Tier[]): Promise<void> {
    await Promise.all(
      tiers.map(async (tier) => {
        try {
          await tier.close();
        } catch (error) {
          this.#failed(tier, 'close', error);
        }
      }),
    );
  }

  /** Settles when every write begun has. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  unsubscribe(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** Tells the tiers behind the one that answered, now and then. */
  #touch(key: string, by: Tier): void {
    // The tier that answered has counted it.
    if (by !== this.#tiers[0]) return;
    if (this.#touched.push(key) < mostTouched) return;
    const keys = this.#touched;
    this.#touched = [];
    for (const tier of this.#touchable) {
      try {
        tier.touch!(keys);
      } catch (error) {
        this.#failed(tier, 'get', error);
      }
    }
  }

  #hear(tier: Tier, event: TierEvent): void {
    if (event.type === 'usage') this.#usage.set(tier, event.usage);
    // Tiers may be shared: what concerns another model's entry is not ours to report.
    if ('model' in event && event.model !== this.#modelId) return;
    this.#report(event);
  }

  #track(write: Promise<unknown>): void {
    this.#pending.add(write);
    void write.finally(() => this.#pending.delete(write));
  }

  #failed(tier: Tier, operation: Operation, cause: unknown): void {
    const error = toPredcacheError(cause, {
      code: 'STORAGE_FAILED',
      where: `tier "${tier.name}", ${operation}`,
      hint: 'The tier was passed by; a tier must never throw, see tierConformance',
    });
    this.#report({ type: 'tier-error', tier: tier.name, operation, error });
  }
}

/** @throws on an entry that is damaged: it is a miss, and must not reach the faster tiers. */
function checkedEntry(entry: Entry): Entry {
  for (const field of ['size', 'cost', 'createdAt'] as const) {
    if (!(Number.isFinite(entry[field]) && entry[field] >= 0))
      throw new TypeError(`Its entry has a ${field} of ${entry[field]}`);
  }
  if (typeof entry.backend !== 'string') throw new TypeError('Its entry has no backend');
  return { ...entry, outputs: copyPayload(entry.outputs) };
}
