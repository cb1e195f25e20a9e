export { type IndexedDBTier, indexedDB } from './indexedDBTier.js';
export type { IndexedDBOptions } from './options.js';
