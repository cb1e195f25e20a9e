import { isPredcacheError, type PredcacheError } from '@predcache/core';
import { checkAnswer } from './answerErrors.js';
import type { Answer, ExchangeRequest } from './exchange.js';
import { exchange, timedOut } from './exchange.js';
import { hedged } from './hedge.js';
import { inTime, pause } from './inTime.js';
import type { Life } from './life.js';
import { type OriginState, OriginStates } from './originState.js';
import { headersFrom, lowerCase } from './requestHeaders.js';
import { retryDelay } from './retryDelay.js';
import { Slots } from './slots.js';
import { circuitOpen, isWorthRetrying, verdictOf, withTries } from './transportErrors.js';
import type { ResolvedTransport } from './transportOptions.js';

export interface SendOptions {
  /** Whether 304 is an answer too. */
  readonly isConditional?: boolean;
  /** Instead of the option's number. */
  readonly retries?: number;
}

/** One call of an engine: all it sends shares one deadline. */
export interface Call {
  /** Aborts when the call is over, for whatever reason. */
  readonly signal: AbortSignal;
  /**
   * Sends a request, again where that may help.
   *
   * @throws {PredcacheError} `REMOTE_UNREACHABLE`, `REMOTE_TIMEOUT`, `REMOTE_STATUS` or `REMOTE_PROTOCOL`, with `tries`
   * and `statuses` in its details; or the signal's reason.
   */
  send(request: ExchangeRequest, options?: SendOptions): Promise<Answer>;
}

/** What has been sent for a call so far. */
interface Tally {
  latest: Pick<ExchangeRequest, 'method' | 'url'>;
  tries: number;
  readonly statuses: number[];
  /** Of the last try, if it failed. */
  failure?: unknown;
}

/** A call while it runs. */
interface Running {
  readonly signal: AbortSignal;
  /** On the clock of `performance.now`. */
  readonly deadline: number;
  readonly tally: Tally;
}

/** Sends the requests of one engine: deadlines, retries, circuit breaker, hedging and a limit of how many at once. */
export class Transport {
  readonly #options: ResolvedTransport;
  readonly #life: Life;
  readonly #origins: OriginStates;
  readonly #slots: Slots;

  constructor(options: ResolvedTransport, life: Life) {
    this.#options = options;
    this.#life = life;
    this.#origins = new OriginStates(options.breaker);
    this.#slots = new Slots(options.concurrency);
  }

  /**
   * Runs one call, which settles within `timeout` ms whatever happens.
   *
   * @param latest what an error is about as long as nothing has been sent
   */
  async call<Result>(
    latest: Pick<ExchangeRequest, 'method' | 'url'>,
    signal: AbortSignal | undefined,
    work: (call: Call) => Promise<Result>,
  ): Promise<Result> {
    const { timeout } = this.#options;
    const deadline = performance.now() + timeout;
    const tally: Tally = { latest, tries: 0, statuses: [] };
    const late = () => withTries(timedOut(tally.latest, timeout, tally.failure), tally.tries, tally.statuses);
    return inTime({ timeout, timedOut: late, signal, life: this.#life }, (end) => {
      const running = { signal: end, deadline, tally };
      return work({ signal: end, send: (request, options) => this.#send(request, running, options) });
    });
  }

  /** Why nothing is sent to an address for now, if so. */
  circuitAt(url: string): PredcacheError | undefined {
    const state = this.#origins.of(url);
    return state.breaker.state === 'open' ? circuitOpen(state, url) : undefined;
  }

  async #send(request: ExchangeRequest, running: Running, options: SendOptions = {}): Promise<Answer> {
    const { retries = this.#options.retries } = options;
    const state = this.#origins.of(request.url);
    running.tally.latest = request;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#try(request, running, state, options);
      } catch (error) {
        running.signal.throwIfAborted();
        running.tally.failure = error;
        const wait = tries > retries ? undefined : this.#waitBefore(tries, error, running, state);
        if (wait === undefined) throw withTries(error, running.tally.tries, running.tally.statuses);
        await pause(wait, running.signal);
      }
    }
  }

  /** ms until another try; `undefined` where there is to be none. */
  #waitBefore(
    tries: number,
    error: unknown,
    running: Running,
    { breaker, budget }: OriginState,
  ): number | undefined {
    if (!isWorthRetrying(error) || breaker.state === 'open') return undefined;
    const { retryAfter } = error.details;
    const wait = retryDelay(tries, typeof retryAfter === 'number' ? retryAfter : undefined);
    // To wait until nobody may answer any longer helps nobody.
    if (performance.now() + wait >= running.deadline) return undefined;
    return budget.take() ? wait : undefined;
  }

  async #try(
    request: ExchangeRequest,
    running: Running,
    state: OriginState,
    options: SendOptions,
  ): Promise<Answer> {
    const leave = await this.#slots.take(running.signal);
    try {
      const after = this.#options.hedging ? state.latencies.p95 : undefined;
      const attempt = (signal: AbortSignal) => this.#attempt(request, running, state, options, signal);
      if (after === undefined) return await attempt(running.signal);
      return await hedged({ after, enter: () => this.#enterHedge(state), signal: running.signal }, attempt);
    } finally {
      leave();
    }
  }

  #enterHedge({ budget, breaker }: OriginState): (() => void) | undefined {
    const leave = breaker.state === 'closed' ? this.#slots.tryTake() : undefined;
    if (leave === undefined || budget.take()) return leave;
    leave();
    return undefined;
  }

  /** One exchange, and what it says of the server. */
  async #attempt(
    request: ExchangeRequest,
    running: Running,
    { origin, breaker, budget, latencies }: OriginState,
    { isConditional }: SendOptions,
    signal: AbortSignal,
  ): Promise<Answer> {
    const where = `${request.method} ${request.url}`;
    const given = await headersFrom(this.#options.headers, where);
    signal.throwIfAborted();
    const tell = breaker.enter();
    if (tell === undefined) throw circuitOpen({ origin, breaker, budget, latencies }, where);
    running.tally.tries++;
    const started = performance.now();
    try {
      const { fetch, tryTimeout } = this.#options;
      const headers = { ...given, ...lowerCase(request.headers) };
      const answer = await exchange({ ...request, headers }, { fetch, timeout: tryTimeout, signal });
      running.tally.statuses.push(answer.status);
      checkAnswer(answer, where, isConditional);
      latencies.add(performance.now() - started);
      budget.earn();
      tell('works');
      return answer;
    } catch (error) {
      tell(this.#verdict(error, signal, started), error);
      throw error;
    }
  }

  #verdict(error: unknown, signal: AbortSignal, started: number) {
    if (!signal.aborted) return verdictOf(error);
    // Given up. Where that is for want of time, and most of it went by here, the server is to blame.
    const isLate = isPredcacheError(signal.reason) && signal.reason.code === 'REMOTE_TIMEOUT';
    return isLate && performance.now() - started >= this.#options.timeout / 2 ? 'fails' : 'unknown';
  }
}
