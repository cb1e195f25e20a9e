import { type EvictionPolicy, fifo, gdsf, lfu, lru, random, s3fifo, sieve, wTinyLfu } from '@predcache/core';

/** Every policy of ours, by name. */
export const policies: Readonly<Record<string, () => EvictionPolicy>> = {
  lru,
  fifo,
  lfu,
  'lfu-plain': () => lfu({ aging: false }),
  random: () => random({ seed: 7 }),
  sieve,
  s3fifo,
  wtinylfu: wTinyLfu,
  gdsf,
};

/** Most recently used first: the example of `EvictionPolicy`'s docstring. */
export class MostRecentlyUsed implements EvictionPolicy {
  readonly name: string = 'mru';
  readonly slots = new Set<number>();
  reserve(_slots: number): void {}
  inserted(slot: number): void {
    this.slots.add(slot);
  }
  used(slot: number): void {
    this.slots.delete(slot);
    this.slots.add(slot);
  }
  replaced(slot: number): void {
    this.used(slot);
  }
  removed(slot: number): void {
    this.slots.delete(slot);
  }
  victim(): number {
    return [...this.slots].at(-1)!;
  }
  fresh(): EvictionPolicy {
    return new MostRecentlyUsed();
  }
}
