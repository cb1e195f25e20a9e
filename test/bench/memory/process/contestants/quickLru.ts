import type { Entry } from '@predcache/core';
import QuickLRU from 'quick-lru';
import type { CreateCache } from '../cache.js';
import { KeyValueCache } from './keyValueCache.js';

/** It holds up to twice as many entries as it is told to, which its `size` does not show. */
export const create: CreateCache = (pool, capacity) =>
  new KeyValueCache(pool, capacity, new QuickLRU<string, Entry>({ maxSize: capacity }));
