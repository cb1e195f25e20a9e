import type { CreateCache } from '../cache.js';

/** By the name their figures have. Each is loaded by itself: a process runs the code of one and of no other. */
export const contestants = {
  map: () => import('./map.js'),
  predcache: () => import('./predcache.js'),
  'predcache-lru': () => import('./predcacheLru.js'),
  'lru-cache': () => import('./lruCache.js'),
  'quick-lru': () => import('./quickLru.js'),
  'tiny-lru': () => import('./tinyLru.js'),
  mnemonist: () => import('./mnemonist.js'),
  transitory: () => import('./transitory.js'),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly create: CreateCache }>>>;

export type Contestant = keyof typeof contestants;

export const contestantNames = Object.keys(contestants) as readonly Contestant[];
