import { hash } from 'node:crypto';
import type { Entry, MemoryTier } from '@predcache/core';
import type { ServedModel } from '../models/servedModel.js';
import type { Answer } from './answer.js';
import { ByteBoundedMap } from './byteBoundedMap.js';

/** An answer to a request, and the entry it was written from. */
export interface KeptAnswer {
  readonly answer: Answer;
  readonly entry: Entry;
}

export interface AnswerCacheOptions {
  /** Bytes of answers to keep; 0 keeps none. */
  readonly maxSize: number;
  /** Where the entries are. */
  readonly memory: MemoryTier;
  /** ms for which an entry is fresh. */
  readonly ttl: number | undefined;
}

/**
 * Answers by the requests' own bytes, so that a request that was there before, byte for byte, is neither parsed nor its
 * answer written again. It decides nothing: an answer counts only while memory has the very entry it was written from,
 * and asking for it is a use of that entry as any other. Only digests of requests are kept.
 */
export class AnswerCache {
  readonly #kept: ByteBoundedMap<KeptAnswer>;
  readonly #memory: MemoryTier;
  readonly #ttl: number;

  constructor({ maxSize, memory, ttl = Number.POSITIVE_INFINITY }: AnswerCacheOptions) {
    this.#kept = new ByteBoundedMap(maxSize);
    this.#memory = memory;
    this.#ttl = ttl;
  }

  /** What a request is known by: the model as it is now, and everything that the answer depends on. */
  requestId({ predictor }: ServedModel, body: Uint8Array, headerLength: string | undefined): string {
    const digest = hash('sha256', body, 'base64url');
    return `${predictor.modelId}${headerLength ?? ''}:${digest}`;
  }

  find(requestId: string, { predictor }: ServedModel): KeptAnswer | undefined {
    const kept = this.#kept.get(requestId);
    if (kept === undefined) return undefined;
    const { entry } = kept;
    if (!this.#isFresh(entry)) return undefined;
    if (this.#memory.peek?.(entry.key, predictor.modelId) === entry) return kept;
    this.#kept.delete(requestId);
    return undefined;
  }

  /** Keeps an answer that memory had the prediction for; the first one, which was computed, may stay the only one. */
  keep(requestId: string, { predictor }: ServedModel, key: string, answer: Answer): void {
    const entry = this.#memory.peek?.(key, predictor.modelId);
    if (entry === undefined || entry.model !== predictor.modelId) return;
    this.#kept.set(requestId, { answer, entry }, answer.size);
  }

  get size(): number {
    return this.#kept.size;
  }

  #isFresh({ createdAt }: Entry): boolean {
    return this.#ttl === Number.POSITIVE_INFINITY || Date.now() - createdAt < this.#ttl;
  }
}
