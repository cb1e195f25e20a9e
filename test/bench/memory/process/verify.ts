import type { Cache } from './cache.js';
import type { Pool } from './pool.js';

// A figure of a cache that does not do its work is worth nothing.

/** @throws {Error} when it holds more than it may, or less than it has room for */
export function verifyFull(cache: Cache, capacity: number): void {
  if (cache.size < capacity || cache.size > cache.mostEntries) {
    throw new Error(`It holds ${cache.size} entries instead of ${capacity} to ${cache.mostEntries}`);
  }
}

/** @throws {Error} when it does not give the entry of a key that it must hold */
export function verifyHeld(cache: Cache, pool: Pool, number: number): void {
  if (cache.get(pool.keys[number]!) !== pool.entries[number]!) {
    throw new Error(`It does not give the entry of key ${number}`);
  }
}

/** @throws {Error} when not so many of the operations hit */
export function verifyHits(operations: number, hits: number, expected: number): void {
  if (hits !== expected) throw new Error(`${hits} of ${operations} look-ups hit instead of ${expected}`);
}
