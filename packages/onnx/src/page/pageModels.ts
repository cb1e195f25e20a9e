import type { Model } from '@predcache/core';
import { type ModelReference, modelIdentity, modelReference } from '../session/modelReference.js';

/** A model as workers are told of it. */
export interface PageModel {
  readonly reference: ModelReference;
  /** Models of the same identity share one session. */
  readonly identity: string;
}

/**
 * The worker has another base URL than the page: URLs are resolved here. Of a frozen model, as predictors have, only once:
 * that spares each run the parsing, and a page that changes its own URL by `history.pushState` the surprise.
 */
export class PageModels {
  readonly #known = new WeakMap<Model, PageModel>();

  /** @throws {PredcacheError} `OPTIONS_INVALID` */
  of(model: Model): PageModel {
    const known = this.#known.get(model);
    if (known !== undefined) return known;
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    const reference = modelReference(model, (url) => new URL(url, base).href);
    const made = { reference, identity: modelIdentity(reference) };
    if (Object.isFrozen(model)) this.#known.set(model, made);
    return made;
  }
}
