import {
  type Entry,
  isPredcacheError,
  Listeners,
  type PredcacheError,
  type Selector,
  type Tier,
  type TierEvent,
  type TierListener,
  type TierUsage,
} from '@predcache/core';
import { Deletions } from './deletions.js';
import { fetchEntry, lookupError } from './fetchEntry.js';
import { type HttpLookupOptions, type ResolvedHttpLookup, resolveHttpLookup } from './httpLookupOptions.js';
import { KnownMisses } from './knownMisses.js';
import { Turns } from './turns.js';

/**
 * A shared tier for browsers: asks a gateway for predictions by key, `GET {baseUrl}/predictions/{key}`, which CDNs and the
 * browser's HTTP cache can answer too. With it behind `memory` and `indexedDB`, an input is uploaded only when nobody has
 * asked for it before.
 *
 * It only reads: browsers never write to a shared tier. Every failure is a miss and a `tier-error` event; after three in a
 * row the server is left alone for 5 s. What this client deletes (`invalidate`, `clear`) stays at the server and is not
 * used here any more, until the page is left.
 *
 * Whoever may ask can find out whether somebody has asked for an input that they can guess: use it for predictions that
 * are nobody's secret, or with a key per tenant.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`.
 *
 * @example
 * const predictor = createPredictor({
 *   model: { name: 'language-id', version: '1', integrity: 'sha256-…' },
 *   tiers: [memory(), indexedDB(), httpLookup({ baseUrl: '/v2' })],
 *   inCloud: openInference({ baseUrl: '/v2' }),
 * });
 */
export function httpLookup(options: HttpLookupOptions): Tier {
  return new HttpLookup(resolveHttpLookup(options));
}

const failuresBeforeRest = 3;
const rest = 5_000;

class HttpLookup implements Tier {
  readonly name = 'shared';
  readonly #options: ResolvedHttpLookup;
  readonly #listeners = new Listeners<TierEvent>();
  readonly #misses: KnownMisses;
  readonly #deletions = new Deletions();
  readonly #turns: Turns;
  readonly #underWay = new Map<string, Promise<Entry | undefined>>();
  readonly #aborts = new Set<(reason: unknown) => void>();
  #isClosed = false;
  #failures = 0;
  /** On the clock of `performance.now`. */
  #restsUntil = 0;

  constructor(options: ResolvedHttpLookup) {
    this.#options = options;
    this.#misses = new KnownMisses(options.missTtl);
    this.#turns = new Turns(options.concurrency);
  }

  subscribe(listener: TierListener): () => void {
    return this.#listeners.add(listener);
  }

  async getMany(keys: readonly string[], model?: string): Promise<readonly (Entry | undefined)[]> {
    const found = await Promise.all(keys.map((key) => this.#get(key)));
    return found.map((entry) => {
      const isMeant = entry !== undefined && (model === undefined || entry.model === model);
      return isMeant && !this.#isClosed && !this.#deletions.cover(entry) ? entry : undefined;
    });
  }

  /** Stores nothing. */
  setMany(): number {
    return 0;
  }

  /** Removes nothing at the server: what the selector covers is a miss here from now on. */
  delete(selector: Selector): number {
    if (this.#isClosed) return 0;
    this.#deletions.add(selector);
    this.#listeners.report({ type: 'invalidated', tier: this.name, selector });
    return 0;
  }

  /** Nothing is kept here. */
  usage(): TierUsage {
    return { entries: 0, bytes: 0 };
  }

  close(): void {
    this.#isClosed = true;
    for (const abort of this.#aborts) abort(new DOMException('The tier was closed', 'AbortError'));
  }

  /** Look-ups of one key at once are one request. */
  #get(key: string): Promise<Entry | undefined> | undefined {
    const isVain = this.#isClosed || performance.now() < this.#restsUntil || this.#misses.has(key);
    if (isVain) return undefined;
    let looking = this.#underWay.get(key);
    if (looking === undefined) {
      looking = this.#lookUp(key).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, looking);
    }
    return looking;
  }

  async #lookUp(key: string): Promise<Entry | undefined> {
    const url = `${this.#options.baseUrl}/predictions/${encodeURIComponent(key)}`;
    try {
      const entry = await this.#inTime(url, (signal) => this.#ask(url, signal));
      if (entry !== undefined && entry.key !== key)
        throw lookupError('STORAGE_CORRUPT', 'Another entry came', url);
      this.#failures = 0;
      if (entry === undefined && !this.#isClosed) this.#misses.add(key);
      return entry;
    } catch (error) {
      if (!this.#isClosed) this.#failed(error, url);
      return undefined;
    }
  }

  #ask(url: string, signal: AbortSignal): Promise<Entry | undefined> {
    const { fetch, maxAnswerSize } = this.#options;
    return this.#turns.take(
      () => !signal.aborted,
      () => fetchEntry(url, { fetch, maxAnswerSize, signal }),
    );
  }

  /** Settles in time even when the given fetch does not heed its signal. */
  async #inTime<Result>(url: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { timeout } = this.#options;
    const controller = new AbortController();
    let release = (): void => undefined;
    try {
      return await new Promise<Result>((resolve, reject) => {
        const abort = (reason: unknown): void => {
          reject(reason);
          controller.abort(reason);
        };
        const late = () => lookupError('STORAGE_TIMEOUT', `No answer within ${timeout} ms`, url, { timeout });
        const timer = setTimeout(() => abort(late()), timeout);
        this.#aborts.add(abort);
        release = () => {
          clearTimeout(timer);
          this.#aborts.delete(abort);
        };
        work(controller.signal).then(resolve, reject);
      });
    } finally {
      release();
    }
  }

  #failed(cause: unknown, url: string): void {
    this.#failures++;
    if (this.#failures >= failuresBeforeRest) {
      this.#failures = 0;
      this.#restsUntil = performance.now() + rest;
    }
    const error: PredcacheError = isPredcacheError(cause)
      ? cause
      : lookupError(
          'STORAGE_UNAVAILABLE',
          'The server could not be reached, or the connection broke',
          url,
          {},
          cause,
        );
    this.#listeners.report({ type: 'tier-error', tier: this.name, operation: 'get', error });
  }
}
