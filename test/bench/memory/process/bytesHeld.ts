import { setImmediate } from 'node:timers/promises';
import { median } from '../../support/samples.js';
import type { BytesHeld } from '../messages.js';
import type { CreateCache } from './cache.js';
import type { Pool } from './pool.js';
import { verifyFull } from './verify.js';

/** Typed arrays are given back by another thread: one collection does not do. */
const collections = 2;
/** Compilers and collectors keep some hundred kilobytes more or less as they please. */
const repetitions = 5;

/**
 * The bytes a cache takes for each entry of its capacity beyond keys and entries, which the pool holds already: once it
 * is full, and after the rest of the pool has gone through it.
 */
export async function bytesHeld(create: CreateCache, pool: Pool, capacity: number): Promise<BytesHeld> {
  const held: BytesHeld[] = [];
  while (held.length < repetitions) held.push(await bytesOfOne(create, pool, capacity));
  return {
    filled: median(held.map(({ filled }) => filled)),
    turnedOver: median(held.map(({ turnedOver }) => turnedOver)),
  };
}

async function bytesOfOne(create: CreateCache, pool: Pool, capacity: number): Promise<BytesHeld> {
  const before = await bytesInUse();
  const cache = create(pool, capacity);
  for (let number = 0; number < capacity; number++) cache.set(number);
  const filled = await bytesInUse();
  verifyFull(cache, capacity);
  for (let number = capacity; number < pool.keys.length; number++) cache.set(number);
  const turnedOver = await bytesInUse();
  verifyFull(cache, capacity);
  return { filled: (filled - before) / capacity, turnedOver: (turnedOver - before) / capacity };
}

/** The heap, and what typed arrays hold outside it. */
async function bytesInUse(): Promise<number> {
  for (let collection = 0; collection < collections; collection++) {
    gc!();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
