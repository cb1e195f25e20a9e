import { lru } from '@predcache/core';
import type { CreateCache } from '../cache.js';
import { Predcache } from './predcache.js';

/** The memory tier with the policy that most of the others have. */
export const create: CreateCache = (pool, capacity) => new Predcache(pool, capacity, lru());
