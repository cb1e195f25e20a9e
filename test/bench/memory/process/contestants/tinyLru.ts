import type { Entry } from '@predcache/core';
import { lru } from 'tiny-lru';
import type { CreateCache } from '../cache.js';
import { KeyValueCache } from './keyValueCache.js';

export const create: CreateCache = (pool, capacity) =>
  new KeyValueCache(pool, capacity, lru<Entry>(capacity));
