import { type EvictionPolicy, fifo, gdsf, lfu, lru, s3fifo, sieve, wTinyLfu } from '@predcache/core';
import { NaiveFifo, NaiveGdsf, NaiveLfu, NaiveLru, type NaivePolicy } from './naivePolicies.js';
import { NaiveS3Fifo, NaiveSieve } from './naiveQueues.js';
import { NaiveRandom, RecordedRandom } from './naiveRandom.js';
import { NaiveWTinyLfu } from './naiveWTinyLfu.js';

/** A policy of ours and what it is compared with. */
export interface NaiveSubject {
  readonly policy: EvictionPolicy;
  readonly naive: NaivePolicy;
}

/** @param slots that the tier will reserve */
export const naiveSubjects: Readonly<Record<string, (slots: number) => NaiveSubject>> = {
  lru: () => ({ policy: lru(), naive: new NaiveLru() }),
  fifo: () => ({ policy: fifo(), naive: new NaiveFifo() }),
  lfu: () => ({ policy: lfu(), naive: new NaiveLfu(true) }),
  'lfu-plain': () => ({ policy: lfu({ aging: false }), naive: new NaiveLfu(false) }),
  random: () => {
    const policy = new RecordedRandom();
    return { policy, naive: new NaiveRandom(policy) };
  },
  sieve: () => ({ policy: sieve(), naive: new NaiveSieve() }),
  s3fifo: () => ({ policy: s3fifo(), naive: new NaiveS3Fifo() }),
  wtinylfu: (slots) => ({ policy: wTinyLfu(), naive: new NaiveWTinyLfu(slots) }),
  gdsf: () => ({ policy: gdsf(), naive: new NaiveGdsf() }),
};
