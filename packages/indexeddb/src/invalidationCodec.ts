import type { Selector } from '@predcache/core';
import { digitsOf, type Invalidation, type InvalidationContent, type RowSelector } from './invalidation.js';
import { modelDigest } from './row.js';
import type { RowCodec } from './rowCodec.js';

/** A selector that can be told to other tabs: a function cannot. */
export type TellableSelector = Exclude<Selector, { readonly where: unknown }>;

/**
 * Makes of a selector what the journal keeps, and of that the selector for those who listen. Where rows are encrypted, so
 * are the keys and tags that it names.
 */
export class InvalidationCodec {
  readonly #codec: RowCodec;
  readonly #origin: string;

  /** @param origin what this tier's own are known by */
  constructor(codec: RowCodec, origin: string) {
    this.#codec = codec;
    this.#origin = origin;
  }

  /** The codec must be usable where keys or tags are named. Never rejects but when encrypting fails. */
  async encode(selector: TellableSelector): Promise<InvalidationContent> {
    const { partition, cipher } = this.#codec;
    const content = { origin: this.#origin, partition, selector: this.#inRowsWords(selector) };
    if (isToldBy(selector, content.selector)) return content;
    const text = JSON.stringify(selector);
    return cipher === undefined
      ? { ...content, text }
      : { ...content, text: await cipher.encryptText(text), sealed: true };
  }

  /** Of a whole partition, whoever's it is. */
  ofPartition(partition: string): InvalidationContent {
    return { origin: this.#origin, partition, selector: { all: true } };
  }

  /** As others called it; `undefined` for this tier's own, and for what does not concern it. */
  async decode({
    origin,
    partition,
    selector,
    text,
    sealed = false,
  }: Invalidation): Promise<TellableSelector | undefined> {
    if (origin === this.#origin || partition !== this.#codec.partition) return undefined;
    if (text === undefined) return selector;
    // Of rows under another key: none that is found here.
    const clear = sealed ? await this.#codec.cipher?.decryptText(text) : text;
    return clear === undefined ? undefined : (JSON.parse(clear) as TellableSelector);
  }

  #inRowsWords(selector: TellableSelector): RowSelector {
    if ('all' in selector) return { all: true };
    if ('keys' in selector) return { keys: selector.keys.map((key) => digitsOf(this.#codec.keyOf(key))) };
    const model = modelDigest(selector.model);
    if ('tags' in selector) return { model, tags: this.#codec.tagsOf(selector.tags) };
    if (!('createdBefore' in selector) || selector.createdBefore === Number.POSITIVE_INFINITY)
      return { model };
    // JSON has no other numbers: none is before them.
    const { createdBefore } = selector;
    return { model, createdBefore: Number.isFinite(createdBefore) ? createdBefore : -Number.MAX_VALUE };
  }
}

/** Whether the one says what the other does. */
function isToldBy(selector: TellableSelector, inRowsWords: RowSelector): boolean {
  if ('keys' in selector) {
    const { keys } = inRowsWords as { readonly keys: readonly string[] };
    return selector.keys.every((key, index) => key === keys[index]);
  }
  if ('tags' in selector) return false;
  return !('model' in selector) || selector.model === (inRowsWords as { readonly model: string }).model;
}
