import { FrequencySketch } from '../../src/policies/frequencySketch.js';
import { HillClimber } from '../../src/policies/hillClimber.js';
import { RandomNumbers } from '../../src/policies/randomNumbers.js';
import { keyHash } from '../../src/tiers/keyHash.js';
import type { NaivePolicy } from './naivePolicies.js';

/** Its sketch, climber and random numbers are ours; what is done with them is written down anew. */
export class NaiveWTinyLfu implements NaivePolicy {
  // All three: what was not used for the longest first.
  #window: string[] = [];
  #probation: string[] = [];
  #protected: string[] = [];
  #capacity = 0;
  readonly #sketch = new FrequencySketch();
  readonly #climber = new HillClimber(0.1);
  readonly #numbers = new RandomNumbers(1);

  /** @param slots that its tier reserves; the sketch is as large as they are many */
  constructor(readonly slots: number) {
    this.#sketch.reserve(slots);
  }

  insert(key: string): void {
    this.#sketch.count(keyHash(key));
    this.#climber.miss();
    this.#window.push(key);
    this.#capacity = Math.max(this.#capacity, this.#held);
    this.#fitWindow();
    this.#climb();
  }
  use(key: string): void {
    this.#sketch.count(keyHash(key));
    this.#climber.hit();
    const isOnProbation = this.#probation.includes(key);
    const isInWindow = this.#window.includes(key);
    this.remove(key);
    if (isInWindow) this.#window.push(key);
    else this.#protected.push(key);
    // One in, one out: where the capacity has shrunk meanwhile, the rest goes with later ones.
    if (isOnProbation && this.#protected.length > this.#mostProtected)
      this.#probation.push(this.#protected.shift()!);
    this.#climb();
  }
  replace(key: string): void {
    this.use(key);
  }
  remove(key: string): void {
    this.#window = this.#window.filter((each) => each !== key);
    this.#probation = this.#probation.filter((each) => each !== key);
    this.#protected = this.#protected.filter((each) => each !== key);
  }
  victim(): string {
    this.#capacity = this.#held;
    const candidate = this.#window[0];
    const inMain = this.#probation[0] ?? this.#protected[0];
    if (inMain === undefined) return candidate!;
    if (candidate === undefined || this.#window.length < this.#mostInWindow) return inMain;
    if (!this.#isBetter(candidate, inMain)) return candidate;
    this.#probation.push(this.#window.shift()!);
    return inMain;
  }
  fresh(): NaivePolicy {
    return new NaiveWTinyLfu(this.slots);
  }

  get #held(): number {
    return this.#window.length + this.#probation.length + this.#protected.length;
  }
  get #mostInWindow(): number {
    return Math.max(1, Math.floor(this.#capacity * this.#climber.share));
  }
  get #mostProtected(): number {
    return Math.floor((this.#capacity - this.#mostInWindow) * 0.8);
  }
  #fitWindow(): void {
    while (this.#window.length > this.#mostInWindow) this.#probation.push(this.#window.shift()!);
  }
  #climb(): void {
    if (!this.#climber.climb(this.#capacity)) return;
    this.#fitWindow();
    while (this.#protected.length > this.#mostProtected) this.#probation.push(this.#protected.shift()!);
  }
  #isBetter(candidate: string, other: string): boolean {
    const uses = this.#sketch.estimate(keyHash(candidate));
    if (uses > this.#sketch.estimate(keyHash(other))) return true;
    return uses >= 6 && this.#numbers.next() % 128 === 0;
  }
}
