import { nextTask } from '@predcache/core';
import type { ModelCacheSettings } from '../session/methods.js';
import type { ModelReference } from '../session/modelReference.js';
import { downloadFile } from './download/downloadFile.js';
import { type KeepingOptions, KeptFile } from './keptFile.js';
import { isKeepable } from './modelFile.js';
import { type ReadFile, type ReadModel, readFiles } from './readModel.js';
import { BoundedCache } from './store/boundedCache.js';
import { FileStore } from './store/fileStore.js';
import { noteUse } from './store/modelUse.js';

/** Gets models as a worker does: from the store where they are there, else downloaded into it. */
export function keptModels(options: KeepingOptions = {}): ReadModel {
  return async (model, reading) => {
    const store = await openStore(reading.modelCache);
    const readFile: ReadFile = (file, { signal, onBytes }) =>
      store === undefined || !isKeepable(file)
        ? downloadFile(file, { signal, onBytes, stallTimeout: options.stallTimeout })
        : new KeptFile(store, file, { signal, onBytes, ...options }).read();
    const bytes = await readFiles(readFile, model, reading);
    if (store !== undefined && reading.modelCache !== false) tidyLater(store, model, reading.modelCache);
    return bytes;
  };
}

async function openStore(settings: ModelCacheSettings | false): Promise<FileStore | undefined> {
  const cache = settings === false ? undefined : await BoundedCache.open(settings.name);
  return cache && new FileStore(cache);
}

/** The load does not wait for it. */
function tidyLater(store: FileStore, model: ModelReference, settings: ModelCacheSettings): void {
  nextTask()
    .then(() => noteUse(store, model, settings))
    // What was not deleted now is deleted after a later load.
    .catch(() => {});
}
