import type { ModelCacheSettings } from '../session/methods.js';
import type { ModelReference } from '../session/modelReference.js';
import { filesOf, isKeepable } from './modelFile.js';
import { BoundedCache } from './store/boundedCache.js';
import { FileStore } from './store/fileStore.js';

/** Whether all files of a model are stored. Reads none of them; never rejects. */
export async function areFilesStored(
  model: ModelReference,
  settings: ModelCacheSettings | false,
): Promise<boolean> {
  if (settings === false) return false;
  try {
    const cache = await BoundedCache.openExisting(settings.name);
    if (cache === undefined) return false;
    const store = new FileStore(cache);
    for (const file of filesOf(model)) {
      if (!isKeepable(file) || (await store.complete(file)) === undefined) return false;
    }
    return true;
  } catch {
    return false;
  }
}
