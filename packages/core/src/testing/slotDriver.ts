import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import type { TestRunner } from './testRunner.js';

/** What a policy is told of an entry. */
export interface SlotFacts {
  readonly hash?: number;
  readonly size?: number;
  readonly cost?: number;
}

/** Drives a policy as a tier does, and knows of itself which slots are held. */
export class SlotDriver {
  readonly held = new Set<number>();
  readonly #policy: EvictionPolicy;
  readonly #expect: TestRunner['expect'];
  readonly #free: number[] = [];
  #next = 0;
  #reserved = 0;

  constructor(policy: EvictionPolicy, expect: TestRunner['expect']) {
    this.#policy = policy;
    this.#expect = expect;
  }

  reserve(slots: number): void {
    if (slots <= this.#reserved) return;
    this.#reserved = slots;
    this.#policy.reserve(slots);
  }

  /** The slot it now holds; one freed before is handed out again first, the last one freed before the others. */
  insert({ hash, size = 100, cost = 10 }: SlotFacts = {}): number {
    const slot = this.#free.pop() ?? this.#next++;
    if (slot >= this.#reserved) this.reserve(Math.max(4, this.#reserved * 2));
    this.#policy.inserted(slot, hash ?? Math.imul(slot + 1, 0x9e3779b1), size, cost);
    this.held.add(slot);
    return slot;
  }

  fill(count: number): void {
    for (let index = 0; index < count; index++) this.insert();
  }

  use(slot: number): void {
    this.#policy.used(slot);
  }

  replace(slot: number, { size = 100, cost = 10 }: SlotFacts = {}): void {
    this.#policy.replaced(slot, size, cost);
  }

  remove(slot: number): void {
    this.held.delete(slot);
    this.#free.push(slot);
    this.#policy.removed(slot);
  }

  evict(): number {
    const victim = this.#policy.victim();
    // Said only when it is not so: a run of many thousand steps stays quick.
    if (!this.held.has(victim))
      this.#expect({ victim, isHeld: false, held: [...this.held] }).toEqual({
        victim,
        isHeld: true,
        held: [...this.held],
      });
    this.remove(victim);
    return victim;
  }

  /** Evicts until nothing is held; in the order of eviction. Ends whatever the policy does. */
  drain(): number[] {
    return Array.from({ length: this.held.size }, () => this.evict());
  }
}
