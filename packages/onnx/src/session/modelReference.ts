import { type ExternalData, type Model, PredcacheError } from '@predcache/core';
import { parseIntegrity } from '../files/integrity.js';

/** What an engine needs of a model, as plain data that may cross to a worker. Its URLs are absolute or file paths. */
export interface ModelReference {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly integrity?: string | undefined;
  /** Left out where there is none. */
  readonly externalData?: readonly ExternalDataReference[] | undefined;
}

export interface ExternalDataReference {
  readonly path: string;
  readonly url: string;
  readonly integrity?: string | undefined;
}

/**
 * Checks what can be known of a model before anything is fetched for it.
 *
 * @param resolve turns a file's `url` into one that means the same everywhere; may throw.
 * @throws {PredcacheError} `OPTIONS_INVALID`: no `url`, one that is no URL, a malformed `integrity`, or external data
 *   without a path of its own.
 */
export function modelReference(model: Model, resolve: (url: string) => string): ModelReference {
  const { name, version, url, integrity, externalData = [] } = model;
  const where = describeModel(model);
  if (integrity !== undefined) parseIntegrity(integrity, where);
  if (url === undefined || url === '') {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: 'The model has no url to load it from',
      where,
      hint: 'Set model.url to where the .onnx file is, or leave the on-device engine out',
    });
  }
  const reference = { name, version, url: resolved(url, 'model.url', where, resolve), integrity };
  if (externalData.length === 0) return reference;
  requirePaths(externalData, where);
  return { ...reference, externalData: externalData.map((file) => dataReference(file, where, resolve)) };
}

function dataReference(
  { path, url, integrity }: ExternalData,
  where: string,
  resolve: (url: string) => string,
): ExternalDataReference {
  const place = `external data ${JSON.stringify(path)} of ${where}`;
  if (integrity !== undefined) parseIntegrity(integrity, place);
  if (typeof url !== 'string' || url === '') throw noUrl(url, 'the url of the external data', place);
  return { path, url: resolved(url, 'the url of the external data', place, resolve), integrity };
}

function requirePaths(externalData: readonly ExternalData[], where: string): void {
  const paths = externalData.map(({ path }) => path);
  const wrong = paths.find(
    (path, index) => typeof path !== 'string' || path === '' || paths.indexOf(path) !== index,
  );
  if (wrong === undefined && !paths.includes(undefined as never)) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The external data of the model has the path ${JSON.stringify(wrong)} ${wrong ? 'twice' : 'in it'}`,
    where,
    hint: 'Give each file of model.externalData the path that the model names it by',
  });
}

function resolved(url: string, option: string, where: string, resolve: (url: string) => string): string {
  try {
    return resolve(url);
  } catch (cause) {
    throw noUrl(url, option, where, cause);
  }
}

function noUrl(url: unknown, option: string, where: string, cause?: unknown): PredcacheError {
  return new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: `The model's url ${JSON.stringify(String(url).slice(0, 200))} is no valid URL`,
    where,
    hint: `Set ${option} to an absolute URL or to one relative to the page`,
    cause,
  });
}

/** Two models with the same identity share one session. */
export function modelIdentity({ name, version, url, integrity, externalData }: ModelReference): string {
  const own = [name, version, url, integrity ?? null];
  if (externalData === undefined) return JSON.stringify(own);
  const files = externalData.map((file) => [file.path, file.url, file.integrity ?? null]);
  return JSON.stringify([...own, files]);
}

/** For the `where` of errors. */
export function describeModel({ name, version }: Pick<Model, 'name' | 'version'>): string {
  return `model "${name}" version "${version}"`;
}
