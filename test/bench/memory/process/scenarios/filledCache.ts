import type { Cache } from '../cache.js';
import { verifyFull, verifyHeld } from '../verify.js';
import type { ScenarioSettings } from './scenario.js';

/** A cache that holds the pool's first keys, as many as it has room for. */
export function filledCache({ create, pool, capacity }: ScenarioSettings): Cache {
  const cache = create(pool, capacity);
  for (let number = 0; number < capacity; number++) cache.set(number);
  verifyFull(cache, capacity);
  for (let number = 0; number < capacity; number++) verifyHeld(cache, pool, number);
  return cache;
}
