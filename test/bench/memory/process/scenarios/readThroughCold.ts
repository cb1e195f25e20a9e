import { readThrough } from './readThrough.js';
import type { CreateScenario } from './scenario.js';

/**
 * The same requests, but of keys and entries that nobody has looked at for a while: what a cache reads of an entry that
 * it stores, it has to fetch from memory.
 */
export const readThroughCold: CreateScenario = (settings) => {
  const { touch: _, ...cold } = readThrough(settings);
  return cold;
};
