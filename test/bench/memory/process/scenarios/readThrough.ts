import { randomNumbers } from '../../../support/randomNumbers.js';
import { shuffled } from '../../../support/shuffled.js';
import { zipf } from '../../../support/zipf.js';
import { touch } from '../touch.js';
import { verifyFull } from '../verify.js';
import type { CreateScenario } from './scenario.js';

const exponent = 0.9;
/** Requests after which a cache has settled, as a multiple of its capacity. */
const settling = 5;

/** Requests by Zipf's law, a look-up and after a miss a set; no sequence of them comes again. */
export const readThrough: CreateScenario = ({ create, pool, capacity, keys }) => {
  const cache = create(pool, capacity);
  const rank = zipf(keys, exponent, randomNumbers(2));
  // Favourites must not lie side by side in memory.
  const numberOf = shuffled(0, keys, randomNumbers(3));
  let requests = { numbers: new Uint32Array(0), keys: [] as string[] };
  let next = 0;
  return {
    warmUp: settling * capacity,
    prepare(operations) {
      if (requests.numbers.length !== operations)
        requests = { numbers: new Uint32Array(operations), keys: new Array(operations) };
      for (let at = 0; at < operations; at++) {
        const number = numberOf[rank()]!;
        requests.numbers[at] = number;
        requests.keys[at] = pool.keys[number]!;
      }
      next = 0;
    },
    touch(operations) {
      for (let at = next; at < next + operations; at++) touch(pool, requests.numbers[at]!);
    },
    run(operations) {
      const asked = requests;
      const end = next + operations;
      let hits = 0;
      for (let at = next; at < end; at++) {
        if (cache.get(asked.keys[at]!) !== undefined) hits++;
        else cache.set(asked.numbers[at]!);
      }
      next = end;
      return hits;
    },
    verify(operations, hits) {
      verifyFull(cache, capacity);
      if (hits === 0 || hits === operations) throw new Error(`${hits} of ${operations} requests hit`);
    },
  };
};
