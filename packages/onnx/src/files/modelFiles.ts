import { BoundedCache } from './store/boundedCache.js';
import { type Contents, contentsOf, sizeOfParts } from './store/contents.js';
import { FileStore } from './store/fileStore.js';
import type { FileRecord } from './store/records.js';
import { deleteModels } from './store/sweep.js';

/** The cache that model files are stored in where no other is named. */
export const defaultCacheName = 'predcache-models';

export interface ModelFilesOptions {
  /**
   * The cache's name in the origin's Cache Storage.
   *
   * @default 'predcache-models'
   */
  readonly cacheName?: string | undefined;
}

/** What is to be deleted: a model, one version of it, or everything. */
export interface ModelFilesSelector extends ModelFilesOptions {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** A stored file of a model. */
export interface ModelFileInfo {
  /** Of the model; where several have the file in common, of the one used last. */
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** Bytes of the whole file; `undefined` for one on its way whose size the server did not say. */
  readonly size: number | undefined;
  /** Bytes that are stored: less than `size` when the download has not come to its end. */
  readonly storedSize: number;
  readonly isComplete: boolean;
  /** ms since 1970 that the model was loaded the last time, or that the download began. */
  readonly lastUsed: number;
}

/**
 * The model files that this origin has stored, those used last first. Works in pages and workers, beside engines that
 * are loading. An empty list where there is no Cache Storage or it cannot be read; never rejects.
 *
 * @example
 * for (const { name, version, storedSize } of await modelFiles()) {
 *   console.log(`${name} ${version}: ${(storedSize / 1e6).toFixed(1)} MB`);
 * }
 */
export async function modelFiles({
  cacheName = defaultCacheName,
}: ModelFilesOptions = {}): Promise<ModelFileInfo[]> {
  const contents = await readContents(await BoundedCache.openExisting(cacheName));
  return contents === undefined ? [] : list(contents);
}

/**
 * Deletes stored model files. Models that are loaded go on working; they are downloaded when they are loaded the next
 * time. A file that another model needs as well stays.
 *
 * @param selector a model, or one version of it; without a name, all models.
 * @returns bytes freed. 0 where there is nothing to delete, or it cannot be deleted; never rejects.
 *
 * @example
 * const freed = await deleteModelFiles({ name: 'language-id' });
 * console.log(`${(freed / 1e6).toFixed(1)} MB freed`);
 */
export async function deleteModelFiles({
  cacheName = defaultCacheName,
  name,
  version,
}: ModelFilesSelector = {}): Promise<number> {
  const cache = await BoundedCache.openExisting(cacheName);
  const before = await readContents(cache);
  if (cache === undefined || before === undefined) return 0;
  const isSelected = (one: { readonly name: string; readonly version: string }) =>
    (name === undefined || one.name === name) && (version === undefined || one.version === version);
  try {
    if (name === undefined && version === undefined) await BoundedCache.delete(cacheName);
    else {
      const store = new FileStore(cache);
      await deleteModels(store, before, before.models.filter(isSelected), Date.now());
      // Files whose model has not been loaded since, and downloads on their way.
      const used = new Set(before.models.flatMap(({ files }) => files));
      for (const record of before.complete.filter(isSelected))
        if (!used.has(record.key)) await store.forget(record, 'complete');
      for (const record of before.begun.filter(isSelected)) await store.forget(record, 'begun');
    }
  } catch {
    // What could be deleted is.
  }
  const after = (await BoundedCache.openExisting(cacheName)) && (await readContents(cache));
  return storedSize(before) - (after === undefined ? 0 : storedSize(after));
}

async function readContents(cache: BoundedCache | undefined): Promise<Contents | undefined> {
  try {
    return cache && (await contentsOf(cache));
  } catch {
    return undefined;
  }
}

function list(contents: Contents): ModelFileInfo[] {
  const models = [...contents.models].sort((a, b) => b.lastUsed - a.lastUsed);
  const complete = contents.complete.map((record) => {
    const { name, version, lastUsed } = models.find(({ files }) => files.includes(record.key)) ?? {
      ...record,
      lastUsed: record.at,
    };
    return { name, version, ...place(record), storedSize: record.size, isComplete: true, lastUsed };
  });
  const begun = contents.begun.map((record) => ({
    name: record.name,
    version: record.version,
    ...place(record),
    storedSize: sizeOfParts(contents, record),
    isComplete: false,
    lastUsed: record.at,
  }));
  return [...complete, ...begun].sort((a, b) => b.lastUsed - a.lastUsed);
}

function place({ url, size }: FileRecord): Pick<ModelFileInfo, 'url' | 'size'> {
  return { url, size };
}

function storedSize(contents: Contents): number {
  return list(contents).reduce((sum, file) => sum + file.storedSize, 0);
}
