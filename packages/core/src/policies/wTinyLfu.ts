import type { EvictionPolicy } from './evictionPolicy.js';
import { FrequencySketch } from './frequencySketch.js';
import { growArray } from './growArray.js';
import { HillClimber } from './hillClimber.js';
import { RandomNumbers } from './randomNumbers.js';
import { SlotLists } from './slotLists.js';

const window = 0;
const probation = 1;
const protectedSegment = 2;

/** More than the paper's 1 %: the climber finds 1 % from here sooner than it finds 30 % from there. */
const firstWindowShare = 0.1;
const protectedShare = 0.8;
/** From this count on, a newcomer that lost gets in now and then all the same, so that nobody can lock others out. */
const admittedAtRandomFrom = 6;

/**
 * W-TinyLFU: newcomers wait in a window, and get into the main part only if they were asked for more often than what
 * would go there, by a sketch of recent frequencies. The window's size follows the traffic. Choose it where traffic
 * changes its nature between bursts and steady favourites and memory for 8 more bytes an entry is there.
 *
 * The main part is a segmented LRU of 20 % on probation and 80 % protected. G. Einziger, R. Friedman and B. Manes,
 * "TinyLFU: a highly efficient cache admission policy", ACM Transactions on Storage 13(4), 2017; the window as in
 * G. Einziger et al., "Adaptive software cache management", Middleware 2018.
 *
 * @example
 * memory({ maxSize: 8e6, policy: wTinyLfu() });
 */
export function wTinyLfu(): EvictionPolicy {
  return new WTinyLfu();
}

class WTinyLfu implements EvictionPolicy {
  readonly name = 'wtinylfu';
  readonly #segments = new SlotLists(3);
  readonly #sketch = new FrequencySketch();
  readonly #climber = new HillClimber(firstWindowShare);
  readonly #numbers = new RandomNumbers(1);
  #hashes = new Int32Array(0);
  #segmentOf = new Uint8Array(0);
  #capacity = 0;

  reserve(slots: number): void {
    this.#segments.reserve(slots);
    this.#sketch.reserve(slots);
    this.#hashes = growArray(this.#hashes, slots);
    this.#segmentOf = growArray(this.#segmentOf, slots);
  }

  inserted(slot: number, hash: number): void {
    this.#hashes[slot] = hash;
    this.#sketch.count(hash);
    this.#climber.miss();
    this.#segmentOf[slot] = window;
    this.#segments.add(window, slot);
    this.#capacity = Math.max(this.#capacity, this.#held());
    this.#shrinkWindow();
    this.#climb();
  }

  used(slot: number): void {
    this.#sketch.count(this.#hashes[slot]!);
    this.#climber.hit();
    const segment = this.#segmentOf[slot]!;
    if (segment === probation) {
      this.#move(slot, protectedSegment);
      if (this.#segments.lengthOf(protectedSegment) > this.#mostProtected())
        this.#move(this.#segments.oldest(protectedSegment), probation);
    } else {
      this.#segments.renew(segment, slot);
    }
    this.#climb();
  }

  replaced(slot: number): void {
    this.used(slot);
  }

  removed(slot: number): void {
    this.#segments.remove(this.#segmentOf[slot]!, slot);
  }

  victim(): number {
    this.#capacity = this.#held();
    const candidate = this.#segments.oldest(window);
    const inMain = this.#oldestInMain();
    if (inMain < 0) return candidate;
    // The window has room for the newcomer that this eviction is for: its oldest may stay.
    if (candidate < 0 || this.#segments.lengthOf(window) < this.#mostInWindow()) return inMain;
    if (!this.#isBetter(candidate, inMain)) return candidate;
    this.#move(candidate, probation);
    return inMain;
  }

  fresh(): EvictionPolicy {
    return wTinyLfu();
  }

  #oldestInMain(): number {
    const slot = this.#segments.oldest(probation);
    return slot >= 0 ? slot : this.#segments.oldest(protectedSegment);
  }

  #isBetter(candidate: number, other: number): boolean {
    const uses = this.#sketch.estimate(this.#hashes[candidate]!);
    if (uses > this.#sketch.estimate(this.#hashes[other]!)) return true;
    return uses >= admittedAtRandomFrom && this.#numbers.next() % 128 === 0;
  }

  #climb(): void {
    if (!this.#climber.climb(this.#capacity)) return;
    this.#shrinkWindow();
    while (this.#segments.lengthOf(protectedSegment) > this.#mostProtected())
      this.#move(this.#segments.oldest(protectedSegment), probation);
  }

  #shrinkWindow(): void {
    while (this.#segments.lengthOf(window) > this.#mostInWindow())
      this.#move(this.#segments.oldest(window), probation);
  }

  #move(slot: number, to: number): void {
    this.#segments.remove(this.#segmentOf[slot]!, slot);
    this.#segmentOf[slot] = to;
    this.#segments.add(to, slot);
  }

  #held(): number {
    return (
      this.#segments.lengthOf(window) +
      this.#segments.lengthOf(probation) +
      this.#segments.lengthOf(protectedSegment)
    );
  }

  #mostInWindow(): number {
    return Math.max(1, Math.floor(this.#capacity * this.#climber.share));
  }

  #mostProtected(): number {
    return Math.floor((this.#capacity - this.#mostInWindow()) * protectedShare);
  }
}
