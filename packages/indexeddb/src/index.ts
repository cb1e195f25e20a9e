export { type IndexedDBTier, type IndexedDBUsage, indexedDB } from './indexedDBTier.js';
export type { IndexedDBOptions } from './options.js';
export { requestPersistence, type StorageEstimate } from './storageManager.js';
