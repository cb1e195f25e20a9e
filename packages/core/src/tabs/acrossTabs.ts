import { settledBy } from '../abortSignals.js';
import type { Selector } from '../tiers/selector.js';
import type { MaybePromise } from '../tiers/tier.js';
import { atMost } from './atMost.js';
import { Channel } from './channel.js';
import { Hearing, Hearings } from './hearing.js';
import { InvalidationChannel } from './invalidationChannel.js';
import { readAnswer, writeAnswer } from './messages.js';
import { type Beginning, Outdating } from './outdating.js';
import { watchPageVisits } from './pageVisits.js';
import { globalSurroundings, type Surroundings } from './surroundings.js';
import { Turn } from './turn.js';

export interface AcrossTabsOptions {
  /** Names what tabs must have in common: the model and the tiers' scopes. */
  readonly name: string;
  /**
   * Another tab has invalidated entries. It has deleted them in the tiers that tabs share; what is this tab's own is left
   * to do. Of a `where` selector, which cannot be sent, this tab hears `{ model }`.
   */
  readonly onInvalidated: (selector: Selector) => void;
  /** The page is back after a time in which it heard nothing: anything may have been invalidated. */
  readonly onMissed: () => void;
  /**
   * How long a call waits for another tab before it computes itself, in ms.
   *
   * @default 10_000
   */
  readonly longestWait?: number | undefined;
}

/** What a computation gives. */
export interface Computed<Result> {
  /** Other tabs get a structured clone, made a little later: not to be changed. */
  readonly value: Result;
  /** When other tabs find it where they look again. Until then, and for 2 s at most, none of them computes it. */
  readonly settled: Promise<unknown>;
}

export interface ComputeOnceOptions<Result> {
  /** The caller's: whoever leaves lets another tab take over. */
  readonly signal: AbortSignal;
  /** Looks where another tab that was just done would have stored it. `undefined` and failures mean that it is not there. */
  readonly lookAgain: () => MaybePromise<Result | undefined>;
  /** Checks what another tab says, which may be another version of the app. `undefined` and failures mean that it is no use. */
  readonly accept: (heard: unknown) => Result | undefined;
  readonly compute: (signal: AbortSignal) => Promise<Computed<Result>>;
}

export interface ComputedOnce<Result> {
  readonly value: Result;
  /** Whether it was heard or found, not computed by this call. */
  readonly isShared: boolean;
}

/** How long a tab that has answered keeps others from computing the same until it is stored, in ms. */
const longestHold = 2_000;

/**
 * What the tabs of one origin do together, by Web Locks and BroadcastChannel: each computation once, and invalidations in
 * all of them. Where there is no such thing, and wherever it fails, a tab does as if it were the only one.
 *
 * @example
 * const tabs = new AcrossTabs({ name, onInvalidated: (selector) => memory.delete(selector), onMissed: () => memory.clear() });
 * const { value, isShared } = await tabs.computeOnce(key, { signal, lookAgain, accept, compute });
 */
export class AcrossTabs {
  readonly #name: string;
  readonly #longestWait: number;
  readonly #surroundings: Surroundings;
  readonly #answers: Channel;
  readonly #invalidations: InvalidationChannel;
  readonly #outdating = new Outdating();
  readonly #hearings = new Hearings();
  readonly #turns = new Set<Turn>();
  readonly #stopWatching: () => void;
  readonly #opening: ReturnType<typeof setTimeout>;
  #readiness: Promise<unknown> | undefined;
  /** The page is left, or this is closed. */
  #isAway = false;

  /** Whether computations can be shared here: in secure contexts of browsers. Not in Node 20, which has no locks. */
  static isSupported(): boolean {
    return typeof BroadcastChannel === 'function' && locksOf(globalSurroundings) !== undefined;
  }

  constructor(
    { name, onInvalidated, onMissed, longestWait = 10_000 }: AcrossTabsOptions,
    surroundings: Surroundings = globalSurroundings,
  ) {
    this.#name = name;
    this.#longestWait = longestWait;
    this.#surroundings = surroundings;
    this.#answers = new Channel({
      name: `predcache answers ${name}`,
      surroundings,
      onMessage: (message) => this.#hear(message),
      isAwaited: () => !this.#hearings.isEmpty,
    });
    this.#invalidations = new InvalidationChannel(
      `predcache invalidations ${name}`,
      surroundings,
      (selector) => {
        this.#outdate();
        onInvalidated(selector);
      },
    );
    // A new page's first channel takes 0.4 ms, which is not to be a part of making a predictor.
    this.#opening = setTimeout(() => this.#invalidations.open());
    this.#stopWatching = watchPageVisits({
      onLeft: () => this.#leave(),
      onShown: () => {
        if (!this.#isAway) return;
        this.#isAway = false;
        this.#invalidations.open();
        this.#outdate();
        onMissed();
        // Those who waited when it was left have waited long enough.
        this.#endAll();
      },
    });
  }

  /**
   * Runs `compute` in one tab only for all that ask for `key` at the same time. An answer that another tab began to compute
   * before an invalidation that this tab knows of is not used.
   *
   * @throws the signal's reason when it aborts, and what `compute` throws. Nothing else.
   */
  async computeOnce<Result>(key: string, options: ComputeOnceOptions<Result>): Promise<ComputedOnce<Result>> {
    const { signal, accept, lookAgain, compute } = options;
    signal.throwIfAborted();
    const turn = this.#queue(key);
    const hearing = new Hearing(accept, () => this.#end(turn));
    this.#hearings.add(key, hearing);
    try {
      // The only tab takes its turn for those who may come meanwhile, and waits for nobody.
      const isAlone = this.#invalidations.isAlone;
      if (!isAlone) await settledBy(turn.begun, signal);
      // An answer may also come while this looks: its tab gave it before it gave up its turn.
      const found =
        hearing.value ?? (isAlone ? undefined : await settledBy(look(lookAgain), signal)) ?? hearing.value;
      this.#hearings.delete(key, hearing);
      if (found !== undefined || hearing.isOutdated) {
        this.#end(turn);
        return found === undefined ? this.computeOnce(key, options) : { value: found, isShared: true };
      }
      // Left in this moment: what nobody waits for is not begun.
      signal.throwIfAborted();
      return { value: await settledBy(this.#compute(key, turn, compute, signal), signal), isShared: false };
    } catch (error) {
      this.#hearings.delete(key, hearing);
      this.#end(turn);
      throw error;
    }
  }

  /** Tells the other tabs, and keeps this tab from using and giving what was begun before. */
  invalidated(selector: Selector): void {
    this.#outdate();
    this.#invalidations.tell(selector);
  }

  /** Those who wait for another tab go on alone. */
  close(): void {
    this.#stopWatching();
    this.#leave();
    this.#endAll();
  }

  #queue(key: string): Turn {
    const locks = this.#isAway ? undefined : locksOf(this.#surroundings);
    // The answer of another tab is not worth waiting for where it cannot be heard.
    const isShared = locks !== undefined && this.#answers.open();
    const turn = new Turn({
      locks: isShared ? locks : undefined,
      name: `predcache ${this.#name} ${key}`,
      after: isShared ? this.#readyToHear() : Promise.resolve(),
      longestWait: this.#longestWait,
    });
    this.#turns.add(turn);
    return turn;
  }

  async #compute<Result>(
    key: string,
    turn: Turn,
    compute: ComputeOnceOptions<Result>['compute'],
    signal: AbortSignal,
  ): Promise<Result> {
    const beginning = this.#outdating.begin();
    const { value, settled } = await compute(signal);
    const known = Promise.allSettled([settled, this.#tell(key, beginning, value)]);
    void atMost(longestHold, known).then(() => this.#end(turn));
    return value;
  }

  /** Settles when the others have the answer, which must be before the turn: locks and messages take different ways. */
  async #tell(key: string, beginning: Beginning, value: unknown): Promise<void> {
    if (this.#invalidations.isAlone) return;
    const knownAt = Date.now();
    const isUpToDate = await this.#invalidations.upToDate();
    if (!isUpToDate || beginning.isOutdated) return;
    this.#answers.tell(writeAnswer({ key, begunAt: beginning.at, knownAt, value }));
    await this.#answers.delivered();
  }

  #hear(message: unknown): void {
    const answer = readAnswer(message);
    if (answer === undefined || this.#outdating.isOutdated(answer, this.#invalidations.heardSince)) return;
    this.#hearings.hear(answer.key, answer.value);
  }

  /** Settles when no answer can be missed any more, and none be taken wrongly. Takes a moment, and only once. */
  #readyToHear(): Promise<unknown> {
    // Tried again by each call, but waited for by the first ones only: a busy page may be too late to hear itself in time.
    this.#invalidations.open();
    const confirming = this.#invalidations.confirm();
    this.#readiness ??= Promise.all([this.#answers.delivered(), confirming]);
    return this.#readiness;
  }

  #end(turn: Turn): void {
    this.#turns.delete(turn);
    turn.end();
  }

  #endAll(): void {
    for (const turn of [...this.#turns]) this.#end(turn);
  }

  #outdate(): void {
    this.#outdating.note();
    this.#hearings.forget();
  }

  /**
   * A page that holds or waits for a lock is not kept for going back to it, and one that is kept answers nobody. Whoever
   * waits goes on when it is back: to begin to compute now would be for nothing, mostly.
   */
  #leave(): void {
    this.#isAway = true;
    // Of what it computes now, it cannot know later whether it is up to date.
    this.#outdate();
    clearTimeout(this.#opening);
    this.#readiness = undefined;
    this.#answers.close();
    this.#invalidations.close();
    for (const turn of this.#turns) turn.leave();
  }
}

async function look<Result>(lookAgain: () => MaybePromise<Result | undefined>): Promise<Result | undefined> {
  try {
    return await lookAgain();
  } catch {
    return undefined;
  }
}

function locksOf(surroundings: Surroundings): Surroundings['locks'] {
  try {
    return surroundings.locks;
  } catch {
    return undefined;
  }
}
