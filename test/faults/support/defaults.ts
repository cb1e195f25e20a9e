import type { Settings } from '../page/messages.js';

/** A load whose rows are small and are never evicted. */
export function unbounded(seed: number, changes: Partial<Settings> = {}): Settings {
  return { maxSize: 1e9, floats: 16, seed, ...changes };
}
