import { type EvictionPolicy, fifo, gdsf, lfu, lru, random, s3fifo, sieve, wTinyLfu } from '@predcache/core';
import { optimalHitsOf } from './optimum.js';
import { hitsOf } from './simulate.js';
import type { Trace } from './trace.js';

/** Counts the hits of a trace in a cache of so many entries. */
export type CountHits = (trace: Trace, capacity: number) => number;

/** What is compared, by the name its figures have. */
export const contestants = {
  lru: byPolicy(lru),
  lfu: byPolicy(lfu),
  'lfu-plain': byPolicy(() => lfu({ aging: false })),
  fifo: byPolicy(fifo),
  random: byPolicy(() => random({ seed: 1 })),
  sieve: byPolicy(sieve),
  s3fifo: byPolicy(s3fifo),
  wtinylfu: byPolicy(wTinyLfu),
  gdsf: byPolicy(gdsf),
  optimum: optimalHitsOf,
} as const satisfies Readonly<Record<string, CountHits>>;

export type Contestant = keyof typeof contestants;

export const contestantNames = Object.keys(contestants) as readonly Contestant[];

function byPolicy(create: () => EvictionPolicy): CountHits {
  return (trace, capacity) => hitsOf(trace, capacity, create());
}
