import { describeModel, type ModelReference } from '../session/modelReference.js';

/** One of the files that a model consists of. */
export interface ModelFile {
  readonly model: Pick<ModelReference, 'name' | 'version'>;
  readonly url: string;
  readonly integrity?: string | undefined;
  /** The name of an external data file; `undefined` for the model's own. */
  readonly path?: string | undefined;
}

/** The model's own file first. */
export function filesOf({ name, version, url, integrity, externalData = [] }: ModelReference): ModelFile[] {
  const model = { name, version };
  return [{ model, url, integrity }, ...externalData.map((file) => ({ model, ...file }))];
}

/** For the `where` of errors. */
export function describeFile({ model, path }: ModelFile): string {
  const of = describeModel(model);
  return path === undefined ? of : `external data "${path}" of ${of}`;
}

/** URLs in messages and logs: a data: URL may be as long as the model. */
export function shortUrl(url: string): string {
  return url.length > 300 ? `${url.slice(0, 100)}…` : url;
}

/** `data:` and `blob:` URLs are as near as any store, files of Node are on the disk. */
export function isKeepable({ url }: Pick<ModelFile, 'url'>): boolean {
  return /^https?:/i.test(url);
}
