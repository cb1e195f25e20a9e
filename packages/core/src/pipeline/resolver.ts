import { comparePayloads, hasNaN } from '../comparePayloads.js';
import type { Entry } from '../entry.js';
import { entrySize } from '../entrySize.js';
import { PredcacheError } from '../errors/predcacheError.js';
import type { NotStoredReason, PredictorEvent, Source } from '../events/events.js';
import type { Payload } from '../payload.js';
import type { Prediction } from '../prediction.js';
import type { MaybePromise } from '../tiers/tier.js';
import { checkedEntry } from './checkedEntry.js';
import type { FlightSubject } from './inFlight.js';
import type { Invalidations } from './invalidations.js';
import type { OriginReader } from './originReader.js';
import { hasTags, inPlaceOf, mayAnswerFailure, type Request, readsStored, useOf } from './request.js';
import { keepingOf } from './resultFreshness.js';
import type { Routed } from './routing/router.js';
import type { Found } from './tierStack.js';
import { throwIfEnded, under, type Work } from './work.js';

/** What stands for ms of computing where nothing computed could take the place of what is stored. */
export const mustAsk = Number.POSITIVE_INFINITY;

/** What a miss in memory came to: an entry, and where it was found or computed. */
export interface Resolution {
  readonly entry: Entry;
  readonly source: Source;
  /**
   * ms since it was computed at its source, where that was not for this request.
   *
   * @default 0, of what was computed
   */
  readonly age?: number | undefined;
  /** Its source says that nobody may keep it. */
  readonly isNotToStore?: boolean | undefined;
  /** Another model than the request's own: the one before. */
  readonly named?: Prediction<unknown>['model'] | undefined;
  /** Computed by another tab at the same time. */
  readonly isShared?: boolean | undefined;
  /** `no-cache`: whether the stored one was equal; `undefined` where there was none. */
  readonly agrees?: boolean | undefined;
  /** Settles when the tiers have it. */
  readonly stored?: Promise<unknown> | undefined;
}

export interface ResolverOptions<Input> {
  readonly report: (event: PredictorEvent) => void;
  readonly invalidations: Invalidations;
  readonly cacheable: ((input: Input, outputs: never) => boolean) | undefined;
  readonly storeNaN: boolean;
  readonly origin: OriginReader | undefined;
  /** ms of computing from which on tabs share a computation. */
  readonly minTabCost: number;
  /** Computes anew what was answered with something stale. */
  readonly refresh: (request: Request<Input>) => void;
}

/** Answers what memory could not: from slower tiers, another tab, the origin, or an engine; and stores the answer. */
export class Resolver<Input> {
  readonly #options: ResolverOptions<Input>;

  constructor(options: ResolverOptions<Input>) {
    this.#options = options;
  }

  /** @param inMemory what memory has, of no use as it is */
  async resolve(
    request: Request<Input>,
    subject: FlightSubject,
    work: Work,
    inMemory: Found | undefined,
  ): Promise<Resolution> {
    const { edition, key, rules } = request;
    if (!readsStored(rules)) return this.#computeAnew(request, subject, work);
    // Nothing is waited for that need not be: what is asked for in one go is then with the engine before it has ended.
    const looked = this.#find(request);
    const stored = newest(inMemory, looked instanceof Promise ? await looked : looked);
    if (stored !== undefined) {
      const use = useOf(stored.entry, rules);
      if (use !== 'unfit') {
        // Once it is outdated, what a refresh would replace may be newer than what was asked for.
        if (use === 'stale' && !subject.isOutdated) this.#options.refresh(inPlaceOf(request, stored.entry));
        return this.found(request, stored, subject);
      }
      // What takes its place is asked for by as many.
      for (const tag of stored.entry.tags) subject.tags.add(tag);
    }
    throwIfEnded(work);
    if (rules.cache === 'only-if-cached') throw notCached(key, edition.model.name);
    const { origin } = this.#options;
    const given = origin === undefined ? undefined : await origin.read(key, work.signal);
    if (given !== undefined) return this.#fromOrigin(request, subject, given);
    const { keyBefore } = request;
    const before = keyBefore === undefined ? undefined : await this.#ofModelBefore(edition, keyBefore);
    if (before !== undefined && !subject.isOutdated) {
      this.#options.refresh(request);
      return before;
    }
    throwIfEnded(work);
    try {
      return await this.#compute({ ...request, revalidates: stored?.entry }, subject, work);
    } catch (error) {
      // A tier that was passed by because computing is cheaper may know it after all.
      const kept = stored ?? (work.ended !== undefined ? undefined : await this.#find(request, mustAsk));
      if (work.ended !== undefined || kept === undefined || subject.isOutdated) throw error;
      if (useOf(kept.entry, rules) === 'unfit' && !mayAnswerFailure(kept.entry, rules)) throw error;
      return this.found(request, kept, subject);
    }
  }

  /** What a tier knew, for the faster ones to know as well, and with the tags of everybody who asked. */
  found(
    { edition, marks }: Request<Input>,
    { entry, source, tier }: Found,
    { isOutdated, tags }: Pick<FlightSubject, 'isOutdated' | 'tags'>,
  ): Resolution {
    if (isOutdated) return { entry, source };
    if (hasTags(entry, tags))
      return { entry, source, stored: edition.tiers.store(entry, { before: tier, marks }) };
    const tagged = withTags(entry, tags);
    return { entry: tagged, source, stored: edition.tiers.store(tagged, { marks }) };
  }

  /** `reload`, `no-cache`, `no-store`: whatever is stored does not answer; what takes its place carries its tags. */
  async #computeAnew(request: Request<Input>, subject: FlightSubject, work: Work): Promise<Resolution> {
    const { edition, key, rules } = request;
    if (rules.cache === 'no-store') return this.#computeHere(request, subject, work);
    if (request.isRefresh === true) {
      const given = await this.#options.origin?.read(key, work.signal);
      if (given !== undefined) return this.#fromOrigin(request, subject, given);
      return this.#computeHere(request, subject, work);
    }
    const inMemory = edition.isCaching ? edition.tiers.peek(key) : undefined;
    const stored = inMemory ?? (await this.#find(request, mustAsk));
    for (const tag of stored?.entry.tags ?? []) subject.tags.add(tag);
    // `reload` asks as if nothing were stored.
    const revalidates = rules.cache === 'no-cache' ? stored?.entry : undefined;
    const resolution = await this.#computeHere({ ...request, revalidates }, subject, work);
    if (stored === undefined || rules.cache === 'reload') return resolution;
    const { agreement } = comparePayloads(stored.entry.outputs, resolution.entry.outputs, 0);
    return { ...resolution, agrees: agreement === 'equal' };
  }

  #find(
    { edition, key, rules }: Request<Input>,
    computeCost = rules.cache === 'only-if-cached' ? mustAsk : edition.cost.mean,
  ): MaybePromise<Found | undefined> {
    if (!edition.isCaching) return undefined;
    return this.#options.invalidations.unlessDeleted(() => edition.tiers.find(key, computeCost));
  }

  #compute(request: Request<Input>, subject: FlightSubject, work: Work): Promise<Resolution> {
    const { edition, key, rules } = request;
    const { tabs, cost, isCaching } = edition;
    if (
      tabs === undefined ||
      !isCaching ||
      (cost.mean ?? Number.POSITIVE_INFINITY) < this.#options.minTabCost
    )
      return this.#computeHere(request, subject, work);
    return this.#computeInOneTab(request, subject, work, tabs, `${key} ${rules.inferenceMode}`);
  }

  async #computeInOneTab(
    request: Request<Input>,
    subject: FlightSubject,
    work: Work,
    tabs: NonNullable<Request<Input>['edition']['tabs']>,
    name: string,
  ): Promise<Resolution> {
    const { edition, marks, rules } = request;
    const usable = (found: Found | undefined) =>
      found !== undefined && useOf(found.entry, rules) === 'fresh'
        ? { entry: found.entry, source: found.source }
        : undefined;
    const { value, isShared } = await tabs.computeOnce<Resolution>(name, {
      signal: work.signal,
      lookAgain: async () => {
        await edition.tiers.catchUp();
        return usable(await this.#find(request));
      },
      accept: (heard) => acceptFromTab(heard, request),
      compute: async (end) => {
        const { stored, ...value } = await this.#computeHere(request, subject, under(end, work));
        return { value, settled: Promise.resolve(stored) };
      },
    });
    if (!isShared) return value;
    const entry = hasTags(value.entry, subject.tags) ? value.entry : withTags(value.entry, subject.tags);
    // The tiers that tabs share have it from the tab that computed it.
    const isMeant = entry === value.entry ? ({ scope }: Found['tier']) => scope === undefined : undefined;
    const reason = this.#reasonNotToStore(request, subject, entry, value.isNotToStore !== true);
    const stored = reason !== undefined ? undefined : edition.tiers.store(entry, { marks, isMeant });
    return { entry, source: value.source, age: value.age, isShared, stored };
  }

  async #computeHere(request: Request<Input>, subject: FlightSubject, work: Work): Promise<Resolution> {
    const { edition, key, rules } = request;
    this.#options.report({ type: 'miss', key });
    const routed = await edition.router.compute(request, rules.inferenceMode, work);
    if (!routed.isRenewed) edition.cost.computed(routed.cost);
    this.#heedDeterminism(request, routed);
    const { cost, source, backend } = routed;
    const { age, freshness, mayStore } = keepingOf(
      routed.freshness,
      routed.isRenewed ? request.revalidates : undefined,
    );
    const made = { cost, computedBy: source, backend, freshness };
    const entry = entryOf(request, routed.outputs, [...subject.tags], made, age);
    const stored = this.#store(request, subject, entry, mayStore);
    if (age === 0 && mayStore) return { entry, source, stored };
    return { entry, source, age, isNotToStore: !mayStore, stored };
  }

  #store(
    request: Request<Input>,
    subject: FlightSubject,
    entry: Entry,
    mayStore = true,
  ): Promise<unknown> | undefined {
    const { edition, key, marks, rules } = request;
    if (rules.cache === 'no-store') return undefined;
    const reason = this.#reasonNotToStore(request, subject, entry, mayStore);
    if (reason === undefined) return edition.tiers.store(entry, { marks, isMeant: meantBy(rules.write) });
    this.#options.report({ type: 'not-stored', key, reason });
    return undefined;
  }

  #reasonNotToStore(
    { edition, input }: Request<Input>,
    { isOutdated }: FlightSubject,
    { outputs }: Entry,
    mayStore: boolean,
  ): NotStoredReason | undefined {
    if (!edition.isCaching) return 'not-deterministic';
    if (!mayStore) return 'no-store';
    if (isOutdated) return 'invalidated';
    if (!this.#options.storeNaN && hasNaN(outputs)) return 'nan';
    const { cacheable } = this.#options;
    if (cacheable === undefined) return undefined;
    try {
      return cacheable(input, outputs as never) === true ? undefined : 'not-cacheable';
    } catch {
      return 'not-cacheable';
    }
  }

  #heedDeterminism({ edition }: Request<Input>, { isDeterministic, source }: Routed): void {
    if (isDeterministic || !edition.isCaching) return;
    edition.isCaching = false;
    this.#options.report({ type: 'caching-off', source });
  }

  #fromOrigin(request: Request<Input>, subject: FlightSubject, outputs: Payload): Resolution {
    const entry = entryByApp(request, outputs, [...subject.tags]);
    return { entry, source: 'origin', stored: this.#store(request, subject, entry) };
  }

  /** The answer of the model before, for the time until this one has its own. */
  async #ofModelBefore(
    { previous }: Request<Input>['edition'],
    keyBefore: NonNullable<Request<Input>['keyBefore']>,
  ): Promise<Resolution | undefined> {
    if (previous === undefined) return undefined;
    const key = await keyBefore;
    const { invalidations } = this.#options;
    const found =
      previous.tiers.peek(key) ?? (await invalidations.unlessDeleted(() => previous.tiers.find(key)));
    return found === undefined
      ? undefined
      : { entry: found.entry, source: found.source, named: previous.named };
  }
}

/** What another tab says, which may run another version of the app. Throws on what is none of ours. */
function acceptFromTab<Input>(heard: unknown, { key, edition }: Request<Input>): Resolution | undefined {
  const { entry, source, age, isNotToStore } = heard as Resolution;
  if (source !== 'on_device' && source !== 'in_cloud') return undefined;
  const checked = { entry: checkedEntry(entry, key, edition.modelId), source };
  if (isNotToStore !== true && age === undefined) return checked;
  return { ...checked, isNotToStore: isNotToStore === true, age: Number.isFinite(age) ? age : undefined };
}

/** An entry made now, or `age` ms ago. */
function entryOf<Input>(
  { edition, key }: Pick<Request<Input>, 'edition' | 'key'>,
  outputs: Payload,
  tags: readonly string[],
  { freshness, ...made }: Pick<Entry, 'cost' | 'computedBy' | 'backend' | 'freshness'>,
  age = 0,
): Entry {
  const size = entrySize(outputs, tags, freshness);
  const createdAt = Math.max(0, Date.now() - age);
  const entry = { key, model: edition.modelId, outputs, createdAt, size, tags, ...made };
  return freshness === undefined ? entry : { ...entry, freshness };
}

/** An entry of what the app, not a model, says. It is worth what computing it would have cost. */
export function entryByApp<Input>(
  request: Pick<Request<Input>, 'edition' | 'key'>,
  outputs: Payload,
  tags: readonly string[],
): Entry {
  const cost = request.edition.cost.mean ?? 0;
  return entryOf(request, outputs, tags, { cost, computedBy: 'app', backend: 'app' });
}

/** Which tiers a strategy writes to; `undefined` for all. */
export function meantBy(
  write: Request<unknown>['rules']['write'],
): ((tier: Found['tier']) => boolean) | undefined {
  return write === 'around' ? (tier) => tier.peeksEverything !== true : undefined;
}

export function withTags(entry: Entry, more: Iterable<string>): Entry {
  const tags = [...new Set([...entry.tags, ...more])];
  return { ...entry, tags, size: entrySize(entry.outputs, tags, entry.freshness) };
}

/** The first one where they are of the same age: it is the nearer one. */
function newest(a: Found | undefined, b: Found | undefined): Found | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.entry.createdAt >= b.entry.createdAt ? a : b;
}

function notCached(key: string, model: string): PredcacheError {
  return new PredcacheError({
    code: 'NOT_CACHED',
    what: 'Nothing is stored for this input',
    where: `predictor "${model}", cache 'only-if-cached'`,
    hint: 'Allow computing with another cache mode, or store it beforehand with prewarm',
    details: { key },
  });
}
