import { type EvictionPolicy, random } from '@predcache/core';
import { keyHash } from '../../src/tiers/keyHash.js';
import type { NaivePolicy } from './naivePolicies.js';

/** `random()` that lets on, by its hash, whom it chose. */
export class RecordedRandom implements EvictionPolicy {
  readonly name = 'random';
  readonly chosen: number[] = [];
  readonly children: RecordedRandom[] = [];
  readonly #policy: EvictionPolicy;
  readonly #hashes = new Map<number, number>();

  constructor(policy: EvictionPolicy = random({ seed: 7 })) {
    this.#policy = policy;
  }

  reserve(slots: number): void {
    this.#policy.reserve(slots);
  }
  inserted(slot: number, hash: number, size: number, cost: number): void {
    this.#hashes.set(slot, hash);
    this.#policy.inserted(slot, hash, size, cost);
  }
  used(slot: number): void {
    this.#policy.used(slot);
  }
  replaced(slot: number, size: number, cost: number): void {
    this.#policy.replaced(slot, size, cost);
  }
  removed(slot: number): void {
    this.#policy.removed(slot);
  }
  victim(): number {
    const slot = this.#policy.victim();
    this.chosen.push(this.#hashes.get(slot)!);
    return slot;
  }
  fresh(): EvictionPolicy {
    const child = new RecordedRandom(this.#policy.fresh());
    this.children.push(child);
    return child;
  }
}

/** Knows who is held; whom chance chooses, it is told by what was recorded. */
export class NaiveRandom implements NaivePolicy {
  readonly #recorded: RecordedRandom;
  readonly #keys = new Map<number, string>();
  #children = 0;

  constructor(recorded: RecordedRandom) {
    this.#recorded = recorded;
  }

  insert(key: string): void {
    this.#keys.set(keyHash(key), key);
  }
  use(): void {}
  replace(): void {}
  remove(key: string): void {
    this.#keys.delete(keyHash(key));
  }
  victim(): string {
    const key = this.#keys.get(this.#recorded.chosen.shift()!);
    if (key === undefined) throw new Error('It chose what is not held');
    return key;
  }
  fresh(): NaivePolicy {
    return new NaiveRandom(this.#recorded.children[this.#children++]!);
  }
}
