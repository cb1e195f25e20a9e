import type { EvictionPolicy } from '@predcache/core';
import { mix32 } from '../support/mix32.js';
import type { Trace } from './trace.js';

/** How many requests of a trace hit in a cache of `capacity` entries of one size and cost, every miss inserted. */
export function hitsOf({ requests, keys }: Trace, capacity: number, policy: EvictionPolicy): number {
  const slotOf = new Int32Array(keys).fill(-1);
  const keyIn = new Int32Array(capacity);
  policy.reserve(capacity);
  let held = 0;
  let hits = 0;
  for (let at = 0; at < requests.length; at++) {
    const key = requests[at]!;
    let slot = slotOf[key]!;
    if (slot >= 0) {
      hits++;
      policy.used(slot);
      continue;
    }
    if (held < capacity) {
      slot = held++;
    } else {
      slot = policy.victim();
      policy.removed(slot);
      slotOf[keyIn[slot]!] = -1;
    }
    slotOf[key] = slot;
    keyIn[slot] = key;
    policy.inserted(slot, mix32(key), 1, 1);
  }
  return hits;
}
