import { type Model, PredcacheError } from '@predcache/core';
import { parseIntegrity } from '../files/integrity.js';

/** What an engine needs of a model, as plain data that may cross to a worker. Its `url` is absolute or a file path. */
export interface ModelReference {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly integrity?: string | undefined;
}

/**
 * Checks what can be known of a model before anything is fetched for it.
 *
 * @param resolve turns the model's `url` into one that means the same everywhere; may throw.
 * @throws {PredcacheError} `OPTIONS_INVALID`: no `url`, one that is no URL, or a malformed `integrity`.
 */
export function modelReference(model: Model, resolve: (url: string) => string): ModelReference {
  const { name, version, url, integrity } = model;
  if (integrity !== undefined) parseIntegrity(integrity, describeModel(model));
  if (url === undefined || url === '') {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: 'The model has no url to load it from',
      where: describeModel(model),
      hint: 'Set model.url to where the .onnx file is, or leave the on-device engine out',
    });
  }
  try {
    return { name, version, url: resolve(url), integrity };
  } catch (cause) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `The model's url ${JSON.stringify(url.slice(0, 200))} is no valid URL`,
      where: describeModel(model),
      hint: 'Set model.url to an absolute URL or to one relative to the page',
      cause,
    });
  }
}

/** Two models with the same identity share one session. */
export function modelIdentity({ name, version, url, integrity }: ModelReference): string {
  return JSON.stringify([name, version, url, integrity ?? null]);
}

/** For the `where` of errors. */
export function describeModel({ name, version }: Pick<Model, 'name' | 'version'>): string {
  return `model "${name}" version "${version}"`;
}
