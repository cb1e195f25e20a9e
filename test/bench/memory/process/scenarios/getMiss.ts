import { verifyHits } from '../verify.js';
import { filledCache } from './filledCache.js';
import { LookUps, orderOf } from './lookUps.js';
import type { CreateScenario } from './scenario.js';

/** Keys that a full cache does not hold. */
export const getMiss: CreateScenario = (settings) => {
  const { pool, capacity } = settings;
  const asked = orderOf(capacity, 2 * capacity).map((number) => pool.keys[number]!);
  const lookUps = new LookUps(filledCache(settings), asked);
  return {
    warmUp: capacity,
    run: (operations) => lookUps.run(operations),
    verify: (operations, hits) => verifyHits(operations, hits, 0),
  };
};
