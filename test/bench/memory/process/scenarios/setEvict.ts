import { touch } from '../touch.js';
import { verifyFull, verifyHeld } from '../verify.js';
import type { CreateScenario } from './scenario.js';

/**
 * Keys that a full cache does not hold, one after another, so that each evicts another one. They come again when they
 * have long been evicted and forgotten.
 */
export const setEvict: CreateScenario = ({ create, pool, capacity, keys }) => {
  const cache = create(pool, capacity);
  let next = 0;
  return {
    warmUp: keys,
    touch(operations) {
      for (let at = next; at < next + operations; at++) touch(pool, at % keys);
    },
    run(operations) {
      let number = next;
      for (let done = 0; done < operations; done++) {
        cache.set(number);
        if (++number === keys) number = 0;
      }
      next = number;
      return 0;
    },
    verify() {
      verifyFull(cache, capacity);
      verifyHeld(cache, pool, (next + keys - 1) % keys);
    },
  };
};
