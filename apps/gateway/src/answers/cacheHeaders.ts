import type { Outcome } from '../models/outcomes.js';

export interface CacheHeaderOptions {
  readonly cacheControl: string | undefined;
  /** ms for which an answer is fresh. */
  readonly ttl: number | undefined;
  readonly exposeKeys: boolean;
}

/** What there is to say of an answer. */
export interface AnswerFacts {
  readonly outcome: Outcome;
  readonly key: string;
  /** ms since it was computed. */
  readonly age: number;
}

/** Words of RFC 9211 for what was not simply there. */
const forwarded: Readonly<Record<Exclude<Outcome, 'hit'>, string>> = {
  stored: 'predcache; fwd=miss; stored',
  computed: 'predcache; fwd=miss',
  collapsed: 'predcache; fwd=miss; collapsed',
};

/** Writes the headers that say what the cache did. */
export class CacheHeaders {
  readonly #ttl: number | undefined;
  readonly #cacheControl: string | undefined;
  readonly #exposeKeys: boolean;

  constructor({ cacheControl, ttl, exposeKeys }: CacheHeaderOptions) {
    this.#ttl = ttl !== undefined && ttl < Number.POSITIVE_INFINITY ? ttl : undefined;
    this.#cacheControl =
      cacheControl ?? (this.#ttl === undefined ? undefined : `max-age=${Math.floor(this.#ttl / 1000)}`);
    this.#exposeKeys = exposeKeys;
  }

  get cacheControl(): string | undefined {
    return this.#cacheControl;
  }

  /** For instance `predcache; hit; ttl=41`; the time to live is negative once it is over. */
  status({ outcome, key, age }: AnswerFacts): string {
    const status = outcome === 'hit' ? `predcache; hit${this.#timeLeft(age)}` : forwarded[outcome];
    return this.#exposeKeys ? `${status}; key="${key}"` : status;
  }

  #timeLeft(age: number): string {
    return this.#ttl === undefined ? '' : `; ttl=${Math.floor((this.#ttl - age) / 1000)}`;
  }
}
