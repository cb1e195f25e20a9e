import type { Entry } from '@predcache/core';
import { LRUCache } from 'lru-cache';
import type { CreateCache } from '../cache.js';
import { KeyValueCache } from './keyValueCache.js';

export const create: CreateCache = (pool, capacity) =>
  new KeyValueCache(pool, capacity, new LRUCache<string, Entry>({ max: capacity }));
