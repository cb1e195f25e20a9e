import { keyOf } from '../keys.js';
import { verifyHits } from '../verify.js';
import { filledCache } from './filledCache.js';
import { LookUps, orderOf } from './lookUps.js';
import type { CreateScenario } from './scenario.js';

/** Keys that a full cache holds, each a new string as every request makes one: its hash is not known yet. */
export const getHitNewKey: CreateScenario = (settings) => {
  const { capacity } = settings;
  const order = orderOf(0, capacity);
  const lookUps = new LookUps(filledCache(settings), []);
  let at = 0;
  return {
    warmUp: capacity,
    prepare(operations) {
      const next = () => order[at++ % order.length]!;
      lookUps.askFor(Array.from({ length: operations }, () => keyOf(next())));
    },
    run: (operations) => lookUps.run(operations),
    verify: (operations, hits) => verifyHits(operations, hits, operations),
  };
};
