import { now } from '../clock.js';
import type { Entry } from '../entry.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { PredictorEvent } from '../events/events.js';
import type { Selector } from '../tiers/selector.js';
import type { MaybePromise, Tier, TierEvent, TierName, TierUsage } from '../tiers/tier.js';
import { checkedEntry } from './checkedEntry.js';
import { TierGauge, type TierSkipping } from './tierGauge.js';

/** An entry, and the tier that knew it. */
export interface Found {
  readonly entry: Entry;
  readonly source: TierName;
  readonly tier: Tier;
}

/** By tier, in the order of the tiers. */
export type Marks = readonly (number | undefined)[];

export interface StoreOptions {
  /** Only the tiers before this one. */
  readonly before?: Tier | undefined;
  readonly marks?: Marks | undefined;
  readonly isMeant?: ((tier: Tier) => boolean) | undefined;
}

const settled = Promise.resolve();

/** Answers that slower tiers hear of in one go. */
const mostTouched = 64;

type Operation = Extract<TierEvent, { type: 'tier-error' }>['operation'];

export interface TierStackOptions {
  readonly tiers: readonly Tier[];
  readonly modelId: string;
  readonly report: (event: PredictorEvent) => void;
  /** Somebody deletes entries in one of the tiers: this predictor, another one, or another tab. */
  readonly onInvalidated: (selector: Selector) => void;
  readonly skipping: TierSkipping;
}

/** The tiers of one predictor, the fastest first. Whatever a tier does, nothing here throws. */
export class TierStack {
  readonly #tiers: readonly Tier[];
  readonly #modelId: string;
  readonly #report: (event: PredictorEvent) => void;
  readonly #usage = new Map<Tier, TierUsage>();
  #unsubscribe: readonly (() => void)[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  /** Deletions of this predictor's own that are under way. */
  readonly #deleting = new Set<Selector>();
  readonly #touchable: readonly Tier[];
  readonly #gauges: readonly TierGauge[];
  readonly #onInvalidated: (selector: Selector) => void;
  #touched: string[] = [];

  constructor({ tiers, modelId, report, onInvalidated, skipping }: TierStackOptions) {
    this.#tiers = tiers;
    this.#modelId = modelId;
    this.#report = report;
    this.#touchable = tiers.filter((tier, index) => index > 0 && tier.touch !== undefined);
    this.#gauges = tiers.map(() => new TierGauge(skipping));
    this.#onInvalidated = onInvalidated;
  }

  /** Hears what the tiers say, from now on. */
  subscribe(): void {
    this.#unsubscribe = this.#tiers.map((tier) => tier.subscribe((event) => this.#hear(tier, event)));
  }

  /** The synchronous look-up, in tiers that have one. What a slower one knew, the faster ones know afterwards. */
  peek(key: string): Found | undefined {
    for (const tier of this.#tiers) {
      if (tier.peek === undefined) continue;
      try {
        const entry = tier.peek(key, this.#modelId);
        if (entry === undefined) continue;
        if (tier !== this.#tiers[0]) this.store(entry, { before: tier });
        if (this.#touchable.length > 0) this.#touch(key, tier);
        return { entry, source: tier.name, tier };
      } catch (error) {
        this.#failed(tier, 'get', error);
      }
    }
    return undefined;
  }

  /**
   * Asks the tiers whose `peek` does not say it all, one after another.
   *
   * @param computeCost ms that a hit would save, where known: a tier that costs more than it can be expected to save is
   * passed by
   * @returns at once where there is nobody to ask
   */
  find(key: string, computeCost?: number): MaybePromise<Found | undefined> {
    const first = this.#nextToAsk(0, key, computeCost);
    return first === undefined ? undefined : this.#findFrom(first, key, computeCost);
  }

  /** Settles when `find` finds all that other tabs have written by now. */
  async catchUp(): Promise<void> {
    for (const tier of this.#tiers) {
      try {
        await tier.catchUp?.();
      } catch (error) {
        this.#failed(tier, 'get', error);
      }
    }
  }

  /** What each tier's `mark` gives now, for a later `store`. */
  marks(): Marks {
    return this.#tiers.map((tier) => {
      if (tier.mark === undefined) return undefined;
      try {
        return tier.mark();
      } catch (error) {
        this.#failed(tier, 'set', error);
        return undefined;
      }
    });
  }

  /** Stores an entry. Synchronous tiers have it when this returns, the others when the promise settles. */
  store(entry: Entry, { before, marks, isMeant = () => true }: StoreOptions = {}): Promise<unknown> {
    const end = before === undefined ? this.#tiers.length : this.#tiers.indexOf(before);
    const writes: Promise<unknown>[] = [];
    for (let index = 0; index < end; index++) {
      const tier = this.#tiers[index]!;
      if (!isMeant(tier)) continue;
      const stored = (count: number) => {
        if (count > 0) this.#report({ type: 'stored', key: entry.key, tier: tier.name, size: entry.size });
      };
      try {
        const since = marks?.[index];
        const count = tier.setMany([entry], since === undefined ? undefined : { since });
        if (typeof count === 'number') stored(count);
        else
          writes.push(this.#track(count.then(stored, (error: unknown) => this.#failed(tier, 'set', error))));
      } catch (error) {
        this.#failed(tier, 'set', error);
      }
    }
    return writes.length === 0 ? settled : Promise.all(writes);
  }

  /** Removes entries from every tier, or from those before one. */
  async delete(selector: Selector, before?: Tier): Promise<void> {
    const end = before === undefined ? this.#tiers.length : this.#tiers.indexOf(before);
    await this.#deleteIn(this.#tiers.slice(0, end), selector);
  }

  /** Removes what only this tab has: for what another one has removed from the tiers that they share. */
  async deleteOwn(selector: Selector): Promise<void> {
    await this.#deleteIn(
      this.#tiers.filter(({ scope }) => scope === undefined),
      selector,
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

  async #findFrom(first: number, key: string, computeCost: number | undefined): Promise<Found | undefined> {
    for (
      let index: number | undefined = first;
      index !== undefined;
      index = this.#nextToAsk(index + 1, key, computeCost)
    ) {
      const tier = this.#tiers[index]!;
      try {
        const asked = now();
        const [entry] = await tier.getMany([key], this.#modelId);
        this.#gauges[index]!.answered(now() - asked, entry !== undefined);
        if (entry === undefined) continue;
        return { entry: checkedEntry(entry, key, this.#modelId), source: tier.name, tier };
      } catch (error) {
        this.#failed(tier, 'get', error);
      }
    }
    return undefined;
  }

  /** The first tier from an index on that may know more than its `peek` says, and is worth asking. */
  #nextToAsk(from: number, key: string, computeCost: number | undefined): number | undefined {
    for (let index = from; index < this.#tiers.length; index++) {
      const tier = this.#tiers[index]!;
      if (tier.peeksEverything === true) continue;
      if (this.#gauges[index]!.isWorthAsking(key, computeCost)) return index;
      this.#report({ type: 'bypass', key, tier: tier.name });
    }
    return undefined;
  }

  async #deleteIn(tiers: readonly Tier[], selector: Selector): Promise<void> {
    this.#deleting.add(selector);
    await Promise.all(
      tiers.map(async (tier) => {
        try {
          await tier.delete(selector);
        } catch (error) {
          this.#failed(tier, 'delete', error);
        }
      }),
    );
    this.#deleting.delete(selector);
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
    this.#unsubscribe = [];
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
    if (event.type === 'invalidated') this.#hearOfInvalidation(tier, event.selector);
    else this.#report(event);
  }

  #hearOfInvalidation(tier: Tier, selector: Selector): void {
    if ('model' in selector && selector.model !== this.#modelId) return;
    // Who began it has seen to everything.
    if (this.#deleting.has(selector)) return;
    this.#onInvalidated(selector);
    // Faster tiers may have got it from this one.
    void this.delete(selector, tier);
  }

  #track(write: Promise<unknown>): Promise<unknown> {
    this.#pending.add(write);
    return write.finally(() => this.#pending.delete(write));
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
