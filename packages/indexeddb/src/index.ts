export type { ExportOptions, ExportProgress } from './exporting.js';
export type { ImportOptions, ImportResult, Refusal } from './importing.js';
export { type IndexedDBTier, type IndexedDBUsage, indexedDB } from './indexedDBTier.js';
export type { IndexedDBOptions } from './options.js';
export { requestPersistence, type StorageEstimate } from './storageManager.js';
