import { firstOf, settledBy } from '../abortSignals.js';
import { Auditor } from '../audit/audit.js';
import { now } from '../clock.js';
import type { ModelSignature, Priority } from '../engines/engine.js';
import type { Entry } from '../entry.js';
import { isPredcacheError, PredcacheError } from '../errors/predcacheError.js';
import { toPredcacheError } from '../errors/toPredcacheError.js';
import type { BackgroundPurpose, PredictorEvent } from '../events/events.js';
import type { Model } from '../model.js';
import type { Prediction } from '../prediction.js';
import type { PredictOptions, PredictorLoadOptions, UpdateModelOptions } from '../predictor.js';
import type { PredictorOptions } from '../predictorOptions.js';
import type { Selector } from '../tiers/selector.js';
import type { Tier } from '../tiers/tier.js';
import { Answers, type Asked, isEngineSource } from './answers.js';
import type { Edition } from './edition.js';
import { Editions } from './editions.js';
import { whenIdle } from './idle.js';
import { type Flight, type FlightSubject, InFlight } from './inFlight.js';
import type { PreparedInput } from './inputs.js';
import { Invalidations, outdates } from './invalidations.js';
import { OriginReader } from './originReader.js';
import { hasTags, type Request, readsStored, useOf, withTagsOf } from './request.js';
import { mustAsk, type Resolution, Resolver, withTags } from './resolver.js';
import { defaultRules, type Rules, rulesOf } from './rules.js';
import type { Found, Marks, TierStack } from './tierStack.js';
import { inBackground } from './work.js';

export interface PipelineOptions<Input, Output> extends PredictorOptions<Input, Output, never> {
  readonly tiers: readonly Tier[];
  readonly maxInputSize: number;
  readonly maxQueueLength: number;
  readonly maxQueueSize: number;
  readonly report: (event: PredictorEvent) => void;
}

/** The one path a prediction takes: memory, in-flight table, slower tiers, engine, and back into the tiers. */
export class Pipeline<Input, Output> {
  readonly #answers: Answers<Output>;
  readonly #editions: Editions<Input>;
  readonly #rules: Rules;
  readonly #report: (event: PredictorEvent) => void;
  readonly #invalidations = new Invalidations();
  readonly #inFlight = new InFlight<Resolution>();
  readonly #resolver: Resolver<Input>;
  readonly #auditor: Auditor | undefined;
  readonly #disposal = new AbortController();

  constructor(options: PipelineOptions<Input, Output>) {
    const { report, origin, audit, shareAcrossTabs } = options;
    this.#answers = new Answers(options.decode, report);
    this.#rules = defaultRules(options);
    this.#report = report;
    this.#editions = new Editions(options, (selector) => this.#outdate(selector));
    this.#resolver = new Resolver({
      report,
      invalidations: this.#invalidations,
      cacheable: options.cacheable,
      storeNaN: options.storeNaN ?? false,
      origin:
        origin?.read === undefined
          ? undefined
          : new OriginReader(origin.read.bind(origin), report, this.#disposal.signal),
      minTabCost: (shareAcrossTabs === false ? undefined : shareAcrossTabs?.minCost) ?? 50,
      refresh: (request) => void this.background(request, 'refresh'),
    });
    if (audit !== undefined && audit.rate > 0)
      this.#auditor = new Auditor({
        ...audit,
        whenIdle: () => this.whenIdle(),
        onResult: (result) => {
          if (result.agreement === 'different' && !this.isDisposed)
            void this.invalidate({ keys: [result.key] });
          report({ type: 'audited', ...result });
        },
        onFailed: (key, error) => this.#backgroundFailed('audit', key, error),
      });
  }

  /** The model in use. */
  get edition(): Edition<Input> {
    return this.#editions.current;
  }

  /** Up to the first wait this runs synchronously: a hit in memory takes no turn, and a miss has copied its input. */
  async predict(input: Input, options: PredictOptions): Promise<Prediction<Output>> {
    const started = now();
    const { signal } = options;
    const { count } = this.#invalidations;
    const edition = this.edition;
    let key: string | undefined;
    try {
      this.throwIfDisposed();
      signal?.throwIfAborted();
      const rules = rulesOf(options, this.#rules);
      const prepared = edition.inputs.prepare(input);
      let { payload } = prepared;
      let marks: Marks | undefined;
      let keyBefore: PreparedInput['key'] | undefined;
      if (typeof prepared.key === 'string') {
        key = prepared.key;
      } else {
        if (prepared.isCopiedAtOnce) payload = copied(payload);
        marks = edition.tiers.marks();
        keyBefore = keyForModelBefore(edition, input, rules);
        key = await prepared.key;
        this.throwIfDisposed();
        signal?.throwIfAborted();
      }
      if (rules.tags.length > 0) this.#inFlight.tag(key, rules.tags);
      const found = readsStored(rules) ? this.#peek(edition, key) : undefined;
      if (found !== undefined && isGoodAsItIs(found.entry, rules) && this.#auditor === undefined)
        return this.#answers.hit(found, { edition, rules, started });
      let flight = this.#inFlight.find(key, rules.group);
      if (flight === undefined || found !== undefined) {
        if (prepared.isCopiedAtOnce) payload = copied(payload);
        marks ??= edition.tiers.marks();
        keyBefore ??= keyForModelBefore(edition, input, rules);
        const isOutdated = count !== this.#invalidations.count;
        const { mayTransfer } = prepared;
        const request = { edition, key, input, payload, mayTransfer, rules, marks, keyBefore, isOutdated };
        const answer = found === undefined ? undefined : this.#fromMemory(request, found, started);
        if (answer !== undefined) return answer;
        flight ??= this.#begin(request, rules.group, 'user', found);
      }
      return await this.#answer(flight, { edition, rules, started }, signal);
    } catch (error) {
      throw this.#failed(error, key, signal);
    }
  }

  peek(input: Input): Prediction<Output> | undefined {
    const started = now();
    const { edition } = this;
    const key = this.isDisposed ? undefined : edition.inputs.keyNow(input);
    const found = key === undefined ? undefined : this.#peek(edition, key);
    if (found === undefined || useOf(found.entry, this.#rules) === 'unfit') return undefined;
    try {
      return this.#answers.hit(found, { edition, rules: this.#rules, started });
    } catch {
      return undefined;
    }
  }

  async load({ onProgress, signal }: PredictorLoadOptions): Promise<void> {
    await this.untilDisposed(signal, (end) =>
      this.edition.router.load(this.#rules.inferenceMode, onProgress, end),
    );
  }

  signature(signal: AbortSignal | undefined): Promise<ModelSignature> {
    return this.untilDisposed(signal, (end) => this.edition.router.signature(this.#rules.inferenceMode, end));
  }

  async updateModel(change: Partial<Model>, { onProgress, signal }: UpdateModelOptions): Promise<void> {
    await this.untilDisposed(signal, (end) =>
      this.#editions.update(change, {
        load: async (router) => {
          end.throwIfAborted();
          await router.load(this.#rules.inferenceMode, onProgress, end);
          // The caller has been told that nothing changed.
          end.throwIfAborted();
        },
        onSwitch: () => {
          this.#invalidations.heard();
          this.#inFlight.outdate(() => true);
        },
        whenIdle: () => this.whenIdle(),
      }),
    );
  }

  usage(): ReturnType<TierStack['usage']> {
    return this.edition.tiers.usage();
  }

  /**
   * Removes entries in every tier and tab; what is being computed of them will not be stored.
   *
   * @param replacement what takes their place, and how to store it: called once nothing older can follow it
   */
  async invalidate(
    selector: Selector,
    replacement?: { readonly entry: Entry; readonly store: () => Promise<unknown> },
  ): Promise<void> {
    this.throwIfDisposed();
    const { tiers, tabs } = this.edition;
    const end = this.#invalidations.begin(selector, replacement?.entry);
    this.#inFlight.outdate((subject) => outdates(selector, subject));
    tabs?.invalidated(selector);
    try {
      const deleted = tiers.delete(selector);
      await Promise.all([deleted, replacement?.store()]);
    } finally {
      end();
    }
    this.#report({ type: 'invalidated', selector });
  }

  /** What is invalidated while the app is putting something. */
  watchInvalidations(): ReturnType<Invalidations['watch']> {
    return this.#invalidations.watch();
  }

  async clear(): Promise<void> {
    const { modelId, previous } = this.edition;
    const models = previous === undefined ? [modelId] : [modelId, previous.modelId];
    await Promise.all(models.map((model) => this.invalidate({ model })));
    this.#report({ type: 'cleared' });
  }

  /** Grows with every invalidation, and with every change of the model: what was given before may be out of date. */
  get changes(): number {
    return this.#invalidations.count;
  }

  /** What an input asks for, of the model in use. */
  async requestOf(input: Input, options: Omit<PredictOptions, 'signal'> = {}): Promise<Request<Input>> {
    this.throwIfDisposed();
    const { edition } = this;
    const { count } = this.#invalidations;
    const rules = rulesOf(options, this.#rules);
    const prepared = edition.inputs.prepare(input);
    const payload = prepared.isCopiedAtOnce ? copied(prepared.payload) : prepared.payload;
    const marks = edition.tiers.marks();
    const key = await prepared.key;
    const isOutdated = count !== this.#invalidations.count;
    const { mayTransfer } = prepared;
    return { edition, key, input, payload, mayTransfer, rules, marks, isOutdated };
  }

  /** What is stored for a request and good enough for it; it carries the request's tags from then on. */
  async stored(request: Request<Input>): Promise<Found | undefined> {
    const { edition, key, rules } = request;
    const { changes } = this;
    if (!edition.isCaching) return undefined;
    const found =
      this.#peek(edition, key) ??
      (await this.#invalidations.unlessDeleted(() => edition.tiers.find(key, mustAsk)));
    if (found === undefined) return undefined;
    if (useOf(found.entry, rules) === 'unfit') return undefined;
    if (hasTags(found.entry, rules.tags) || changes !== this.changes) return found;
    const entry = withTags(found.entry, rules.tags);
    void edition.tiers.store(entry, { marks: request.marks });
    return { ...found, entry };
  }

  /** Finds or computes what nobody waits for; once, however many ask. `undefined` when that failed. */
  async background(request: Request<Input>, purpose: BackgroundPurpose): Promise<Resolution | undefined> {
    const isRefresh = purpose === 'refresh';
    if (this.isDisposed || (isRefresh && request.edition !== this.edition)) return undefined;
    // What is computed beforehand is there for real requests to join.
    const group = isRefresh ? `${request.rules.inferenceMode} refresh` : request.rules.group;
    this.#inFlight.tag(request.key, request.rules.tags);
    const isUnderWay = this.#inFlight.find(request.key, group);
    const priority = isRefresh ? 'refresh' : 'background';
    if (isUnderWay !== undefined) return isUnderWay.wait(undefined, priority).catch(() => undefined);
    const rules = isRefresh ? { ...request.rules, cache: 'reload' as const } : request.rules;
    const flight = this.#begin({ ...request, rules, isRefresh }, group, priority, undefined);
    try {
      const resolution = await flight.wait(undefined, priority);
      this.#claimInBackground(flight, resolution, purpose);
      return resolution;
    } catch (error) {
      this.#backgroundFailed(purpose, request.key, error);
      return undefined;
    }
  }

  /** Aborts at the end of the predictor. */
  get disposal(): AbortSignal {
    return this.#disposal.signal;
  }

  get isDisposed(): boolean {
    return this.#disposal.signal.aborted;
  }

  /** Settles when there is nothing else to do than the caller's own. */
  whenIdle(ownUnderWay: () => number = () => 0): Promise<void> {
    return whenIdle(() => this.#inFlight.size > ownUnderWay());
  }

  /** Counts as a request that was answered. */
  answerOf(request: Request<Input>, found: Found, started: number): Prediction<Output> {
    return this.#answers.hit(found, { edition: request.edition, rules: request.rules, started });
  }

  /** Rejects what is pending, and settles when the writes that were begun have. */
  async dispose(): Promise<void> {
    this.#disposal.abort(this.#disposedError());
    this.#inFlight.end(this.#disposal.signal.reason);
    await this.#editions.end();
  }

  close(tiers: readonly Tier[]): Promise<void> {
    return this.edition.tiers.close(tiers);
  }

  throwIfDisposed(): void {
    this.#disposal.signal.throwIfAborted();
  }

  #peek({ isCaching, tiers }: Edition<Input>, key: string): Found | undefined {
    return isCaching ? tiers.peek(key) : undefined;
  }

  /** Answers with what memory has, where that is good enough, and sees to what else is due. */
  #fromMemory(request: Request<Input>, found: Found, started: number): Prediction<Output> | undefined {
    const { edition, rules } = request;
    const use = useOf(found.entry, rules);
    if (use === 'unfit') return undefined;
    if (use === 'stale') void this.background(withTagsOf(request, found.entry), 'refresh');
    if (!hasTags(found.entry, rules.tags))
      this.#resolver.found(request, found, { isOutdated: false, tags: new Set(rules.tags) });
    this.#audit(request, found.entry);
    return this.#answers.hit(found, { edition, rules, started });
  }

  #begin(
    request: Request<Input>,
    group: string,
    priority: Priority,
    inMemory: Found | undefined,
  ): Flight<Resolution> {
    const { key, edition } = request;
    const isOutdated = request.isOutdated || edition !== this.edition || this.#invalidations.isReplacing(key);
    const subject = subjectOf(request, group, isOutdated);
    for (const tag of inMemory?.entry.tags ?? []) subject.tags.add(tag);
    return this.#inFlight.begin(subject, priority, async (flight) => {
      const resolution = await this.#resolver.resolve(request, subject, flight, inMemory);
      if (!isEngineSource(resolution.source)) this.#audit(request, resolution.entry);
      if (flight.isLeft) this.#claimInBackground(flight, resolution, 'detached');
      return resolution;
    });
  }

  #claimInBackground(
    flight: Flight<Resolution>,
    { entry: { key, backend, cost }, source }: Resolution,
    purpose: BackgroundPurpose,
  ): void {
    if (isEngineSource(source) && flight.claim())
      this.#report({ type: 'background', purpose, key, source, backend, cost });
  }

  #audit({ edition, payload, rules }: Request<Input>, entry: Entry): void {
    if (this.#auditor?.isDue(entry) !== true || entry.model !== edition.modelId) return;
    const copy = copied(payload);
    const { changes } = this;
    // What has been invalidated or replaced since is no longer answered with: it may well differ.
    const isMeantStill = () => changes === this.changes && edition === this.edition && !this.isDisposed;
    this.#auditor.add(entry, async () => {
      if (!isMeantStill()) return undefined;
      const subject = { payload: copy, mayTransfer: false };
      const work = inBackground(this.#disposal.signal);
      const computed = await edition.router.compute(subject, rules.inferenceMode, work);
      return isMeantStill() ? computed : undefined;
    });
  }

  async #answer(
    flight: Flight<Resolution>,
    asked: Asked,
    signal: AbortSignal | undefined,
  ): Promise<Prediction<Output>> {
    const resolution = await flight.wait(signal, 'user');
    if (asked.rules.waitForTiers) await this.#untilStored(resolution, signal);
    return this.#answers.shared(resolution, asked, flight.claim());
  }

  async #untilStored({ stored }: Resolution, signal: AbortSignal | undefined): Promise<void> {
    if (stored === undefined) return;
    const { signal: end, release } = firstOf(this.#disposal.signal, signal);
    await settledBy(stored, end).finally(release);
  }

  /** Somebody deletes entries: what is being computed of them is not to be stored. */
  #outdate(selector: Selector): void {
    this.#invalidations.heard({ selector });
    this.#inFlight.outdate((subject) => outdates(selector, subject));
  }

  /** What work comes to, unless the signal or the end of the predictor comes first. */
  async untilDisposed<Result>(
    signal: AbortSignal | undefined,
    work: (end: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.throwIfDisposed();
    signal?.throwIfAborted();
    const { signal: end, release } = firstOf(this.#disposal.signal, signal);
    try {
      return await settledBy(work(end), end);
    } catch (error) {
      throw end.aborted ? end.reason : this.#typed(error);
    } finally {
      release();
    }
  }

  /** What to reject with; reports it. An aborted call rejects with its own signal's reason, whatever that is. */
  #failed(error: unknown, key: string | undefined, signal: AbortSignal | undefined): unknown {
    const isAborted = signal?.aborted === true && (error === signal.reason || !this.#disposal.signal.aborted);
    if (isAborted && !isTimeout(signal.reason)) {
      this.#report({ type: 'aborted', key });
      return signal.reason;
    }
    const failure = this.#typed(isAborted ? signal.reason : error);
    this.#report({ type: 'failed', key, error: failure });
    return failure;
  }

  #backgroundFailed(purpose: BackgroundPurpose, key: string, error: unknown): void {
    if (this.#disposal.signal.aborted) return;
    this.#report({ type: 'background-failed', purpose, key, error: this.#typed(error) });
  }

  #typed(error: unknown): PredcacheError {
    const where = `predictor "${this.edition.model.name}"`;
    return toPredcacheError(error, { code: 'ENGINE_FAILED', where, hint: 'See the cause' });
  }

  #disposedError(): PredcacheError {
    return new PredcacheError({
      code: 'DISPOSED',
      what: 'The predictor was disposed of',
      where: `predictor "${this.edition.model.name}"`,
      hint: 'Make a new one with createPredictor',
    });
  }
}

/** Whether a hit needs nothing but handing out. */
function isGoodAsItIs(entry: Entry, rules: Rules): boolean {
  return useOf(entry, rules) === 'fresh' && (rules.tags.length === 0 || hasTags(entry, rules.tags));
}

function isTimeout(reason: unknown): boolean {
  return isPredcacheError(reason) && reason.code === 'PREDICT_TIMEOUT';
}

function keyForModelBefore<Input>(
  { previous }: Edition<Input>,
  input: Input,
  { cache }: Rules,
): PreparedInput['key'] | undefined {
  return previous === undefined || cache !== 'default' ? undefined : previous.inputs.prepare(input).key;
}

function subjectOf<Input>(
  { key, edition, rules }: Request<Input>,
  group: string,
  isOutdated: boolean,
): FlightSubject {
  const tags = new Set(rules.tags);
  return { key, group, model: edition.modelId, tags, isOutdated };
}

/** A copy that is made now and handed out later. */
function copied<Result>(payload: () => Result): () => Result {
  const copy = payload();
  return () => copy;
}
