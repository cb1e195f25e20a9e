import type { Model } from '@predcache/core';
import { type ModelReference, modelReference } from '../session/modelReference.js';

/** The worker has another base URL than the page: resolve here. */
export function pageReference(model: Model): ModelReference {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  return modelReference(model, (url) => new URL(url, base).href);
}
