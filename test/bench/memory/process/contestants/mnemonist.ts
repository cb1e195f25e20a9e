import type { Entry } from '@predcache/core';
import { LRUMap } from 'mnemonist';
import type { CreateCache } from '../cache.js';
import { KeyValueCache } from './keyValueCache.js';

/** Its LRUMap: its LRUCache is the same over an object, which is slower with keys that come and go. */
export const create: CreateCache = (pool, capacity) =>
  new KeyValueCache(pool, capacity, new LRUMap<string, Entry>(capacity));
