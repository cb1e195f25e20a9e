import type { EvictionPolicy } from '../policies/evictionPolicy.js';
import { lru } from '../policies/lru.js';

/** What a policy is told of a slot when it takes over. */
export interface HeldSlot {
  readonly slot: number;
  readonly hash: number;
  readonly size: number;
  readonly cost: number;
}

export interface GuardedPolicyOptions {
  readonly policy: EvictionPolicy;
  readonly isHeld: (slot: number) => boolean;
  /** The slots that the policy is for, those told of already. */
  readonly held: () => HeldSlot[];
  readonly onFailure: (policy: string, cause: unknown) => void;
}

/**
 * A policy that may be an app's own. When it throws, or names a slot that holds nothing, `lru()` takes its place: a
 * faulty policy costs hits, never an answer or a bound.
 */
export class GuardedPolicy {
  readonly #isHeld: GuardedPolicyOptions['isHeld'];
  readonly #held: GuardedPolicyOptions['held'];
  readonly #onFailure: GuardedPolicyOptions['onFailure'];
  #policy: EvictionPolicy;
  #reserved = 0;

  constructor({ policy, isHeld, held, onFailure }: GuardedPolicyOptions) {
    this.#policy = policy;
    this.#isHeld = isHeld;
    this.#held = held;
    this.#onFailure = onFailure;
  }

  get name(): string {
    return this.#policy.name;
  }

  reserve(slots: number): void {
    this.#reserved = slots;
    try {
      this.#policy.reserve(slots);
    } catch (error) {
      this.#fail(error);
    }
  }

  inserted(slot: number, hash: number, size: number, cost: number): void {
    try {
      this.#policy.inserted(slot, hash, size, cost);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** `false` when the policy failed. */
  used(slot: number): boolean {
    try {
      this.#policy.used(slot);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  replaced(slot: number, size: number, cost: number): void {
    try {
      this.#policy.replaced(slot, size, cost);
    } catch (error) {
      this.#fail(error);
    }
  }

  removed(slot: number): void {
    try {
      this.#policy.removed(slot);
    } catch (error) {
      this.#fail(error);
    }
  }

  victim(): number {
    try {
      const slot = this.#policy.victim();
      if (this.#isHeld(slot)) return slot;
      this.#fail(new RangeError(`It chose slot ${slot}, which holds nothing`));
    } catch (error) {
      this.#fail(error);
    }
    return this.#policy.victim();
  }

  /** Hands over to another policy, first to go first, so that what this one has learnt is not all lost. */
  switchTo(policy: EvictionPolicy): void {
    const held = new Map(this.#held().map((each) => [each.slot, each]));
    const order: HeldSlot[] = [];
    try {
      while (held.size > 0) {
        const slot = this.#policy.victim();
        const each = held.get(slot);
        if (each === undefined) throw new RangeError(`It chose slot ${slot}, which holds nothing`);
        held.delete(slot);
        order.push(each);
        this.#policy.removed(slot);
      }
    } catch (error) {
      this.#onFailure(this.#policy.name, error);
    }
    try {
      this.#begin(policy, [...order, ...held.values()]);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(cause: unknown): void {
    const { name } = this.#policy;
    this.#begin(lru(), this.#held());
    this.#onFailure(name, cause);
  }

  #begin(policy: EvictionPolicy, order: readonly HeldSlot[]): void {
    this.#policy = policy;
    policy.reserve(this.#reserved);
    for (const { slot, hash, size, cost } of order) policy.inserted(slot, hash, size, cost);
  }
}
