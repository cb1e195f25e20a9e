export type { ExportOptions, ExportProgress } from './exporting.js';
export type { ImportOptions, ImportResult, Refusal } from './importing.js';
export { type IndexedDBTier, type IndexedDBUsage, indexedDB } from './indexedDBTier.js';
export type { IndexedDBOptions } from './options.js';
export { type IndexedDBOutbox, indexedDBOutbox } from './outbox/indexedDBOutbox.js';
export type { IndexedDBOutboxOptions } from './outbox/outboxOptions.js';
export { requestPersistence, type StorageEstimate } from './storageManager.js';
