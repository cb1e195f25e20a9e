import { type Contents, contentsOf } from './contents.js';
import type { FileStore } from './fileStore.js';

/** ms after which what nobody has gone on with, or refers to, is given up. */
const abandonedAfter = 24 * 60 * 60 * 1000;

export interface SweepOptions {
  /** Of the model that was used; other models' versions are not counted. */
  readonly name: string;
  readonly keepVersions: number;
  readonly now: number;
}

/** Deletes old versions of a model, downloads that nobody went on with for a day, and parts of nothing. */
export async function sweep(store: FileStore, { name, keepVersions, now }: SweepOptions): Promise<void> {
  const contents = await contentsOf(store.cache);
  const outdated = contents.models
    .filter((model) => model.name === name)
    .sort((a, b) => b.lastUsed - a.lastUsed)
    .slice(Math.max(1, keepVersions));
  await deleteModels(store, contents, outdated, now);
  for (const record of contents.begun) {
    if (now - record.at > abandonedAfter) await store.forget(record, 'begun');
  }
  if (contents.isCertain) await deleteStrayParts(store, contents);
}

/** Deletes models, and of their files those that no other model needs. */
export async function deleteModels(
  store: FileStore,
  { models, complete }: Contents,
  outdated: Contents['models'],
  now: number,
): Promise<void> {
  const kept = models.filter((model) => !outdated.includes(model));
  const needed = new Set(kept.flatMap(({ files }) => files));
  const given = new Set(outdated.flatMap(({ files }) => files));
  for (const { storeUrl } of outdated) await store.cache.delete(storeUrl);
  for (const record of complete) {
    if (needed.has(record.key)) continue;
    // The model of a file that is needed by none may just be loading its other files.
    if (given.has(record.key) || now - record.at > abandonedAfter) await store.forget(record, 'complete');
  }
}

async function deleteStrayParts(store: FileStore, { complete, begun, parts }: Contents): Promise<void> {
  const known = new Set([...complete, ...begun].map(({ download }) => download));
  for (const [download, urls] of parts) {
    if (known.has(download)) continue;
    for (const url of urls) await store.cache.delete(url);
  }
}
