import type { EvictionPolicy } from './evictionPolicy.js';
import { GhostQueue } from './ghostQueue.js';
import { growArray } from './growArray.js';
import { SlotLists } from './slotLists.js';

const small = 0;
const main = 1;

/** How much of the capacity is for newcomers. */
const smallShare = 0.1;
/** How many of the evicted ones are remembered, as a share of the capacity. */
const ghostShare = 0.9;
/** Uses that take an entry from the small queue to the main one. */
const promotion = 2;
const mostUses = 3;
const inMain = 4;

/**
 * S3-FIFO, the default: newcomers go through a small queue, and only what is asked for again there, or comes back soon
 * after it was evicted, gets into the main one. Choose it when in doubt: what is seen once never displaces what is
 * asked for often, a hit costs one write, and on real traffic it keeps more of what matters than LRU.
 *
 * The small queue has 10 % of the capacity, the memory of evicted ones 90 %, and two hits promote: the paper's values.
 * J. Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
 *
 * @example
 * memory({ maxSize: 8e6, policy: s3fifo() });
 */
export function s3fifo(): EvictionPolicy {
  return new S3Fifo();
}

class S3Fifo implements EvictionPolicy {
  readonly name = 's3fifo';
  readonly #queues = new SlotLists(2);
  readonly #ghosts = new GhostQueue();
  #hashes = new Int32Array(0);
  /** Uses since a slot came into its queue, up to `mostUses`, plus `inMain` where that is the main one. */
  #states = new Uint8Array(0);
  #capacity = 0;
  #mostInSmall = 1;
  #mostGhosts = 0;

  reserve(slots: number): void {
    this.#queues.reserve(slots);
    this.#hashes = growArray(this.#hashes, slots);
    this.#states = growArray(this.#states, slots);
  }

  inserted(slot: number, hash: number): void {
    this.#hashes[slot] = hash;
    this.#enter(this.#ghosts.take(hash) ? main : small, slot);
  }

  used(slot: number): void {
    const state = this.#states[slot]!;
    if ((state & mostUses) !== mostUses) this.#states[slot] = state + 1;
  }

  replaced(slot: number): void {
    this.used(slot);
  }

  removed(slot: number): void {
    this.#queues.remove(this.#states[slot]! < inMain ? small : main, slot);
  }

  victim(): number {
    const inSmall = this.#queues.lengthOf(small);
    this.#setCapacity(inSmall + this.#queues.lengthOf(main));
    if (inSmall >= this.#mostInSmall) {
      const slot = this.#victimInSmall();
      if (slot >= 0) {
        this.#ghosts.add(this.#hashes[slot]!, this.#mostGhosts);
        return slot;
      }
    }
    return this.#queues.lengthOf(main) > 0 ? this.#victimInMain() : this.#queues.oldest(small);
  }

  fresh(): EvictionPolicy {
    return s3fifo();
  }

  #setCapacity(capacity: number): void {
    if (capacity === this.#capacity) return;
    this.#capacity = capacity;
    this.#mostInSmall = Math.max(1, Math.floor(capacity * smallShare));
    this.#mostGhosts = Math.floor(capacity * ghostShare);
  }

  /** Promotes what earned it; below 0 when that was all there was. */
  #victimInSmall(): number {
    let slot = this.#queues.oldest(small);
    while (slot >= 0 && this.#states[slot]! >= promotion) {
      this.#queues.remove(small, slot);
      this.#enter(main, slot);
      slot = this.#queues.oldest(small);
    }
    return slot;
  }

  /** Gives those that were used another round for each use. */
  #victimInMain(): number {
    let slot = this.#queues.oldest(main);
    while (this.#states[slot]! > inMain) {
      this.#states[slot]!--;
      this.#queues.renew(main, slot);
      slot = this.#queues.oldest(main);
    }
    return slot;
  }

  #enter(queue: typeof small | typeof main, slot: number): void {
    this.#states[slot] = queue === main ? inMain : 0;
    this.#queues.add(queue, slot);
  }
}
