import type { Pool } from './pool.js';

/**
 * Reads a key and its entry. In an app they have just been made when a cache is asked to store them, and lie in the
 * processor's cache; those of the pool were made long ago. To fetch them from memory is no work of a cache.
 */
export function touch({ keys, entries }: Pool, number: number): void {
  const key = keys[number]!;
  const { size, backend } = entries[number]!;
  touched = key.charCodeAt(key.length - 1) + size + backend.length;
}

/** Written to and exported, so that no compiler may drop the reading. */
export let touched: number;
