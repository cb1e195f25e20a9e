import type { ModelCacheSettings } from '../../session/methods.js';
import { type ModelReference, modelIdentity } from '../../session/modelReference.js';
import { filesOf } from '../modelFile.js';
import type { FileStore } from './fileStore.js';
import { newRecord, recordResponse } from './records.js';
import { fileKey, modelUrl } from './storeUrls.js';
import { sweep } from './sweep.js';

/** Notes that a model is in use, and deletes what belongs to versions of it beyond those to be kept. */
export async function noteUse(
  store: FileStore,
  model: ModelReference,
  { keepVersions }: ModelCacheSettings,
): Promise<void> {
  const record = newRecord({
    name: model.name,
    version: model.version,
    files: filesOf(model).map(fileKey),
    lastUsed: Date.now(),
  });
  await store.cache.put(modelUrl(modelIdentity(model)), recordResponse(record));
  await sweep(store, { name: model.name, keepVersions, now: record.lastUsed });
}
