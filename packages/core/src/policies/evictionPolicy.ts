/**
 * Decides which entry goes when room is needed. It works on slots — small whole numbers that a tier hands out to its
 * entries and hands out again once they are gone — and never sees keys or values, so one slot table serves every
 * policy, and a policy can be tried on a trace without storing anything. It needs no capacity either: it is asked for a
 * victim only when the tier is full, and the slots then held are the capacity.
 *
 * `policyConformance` in `@predcache/core/testing` checks a policy of your own.
 *
 * @example
 * // Most recently used first: for loops over more inputs than fit.
 * class MostRecentlyUsed implements EvictionPolicy {
 *   readonly name = 'mru';
 *   readonly #slots = new Set<number>();
 *   reserve() {}
 *   inserted(slot: number) { this.#slots.add(slot); }
 *   used(slot: number) { this.#slots.delete(slot); this.#slots.add(slot); }
 *   replaced(slot: number) { this.used(slot); }
 *   removed(slot: number) { this.#slots.delete(slot); }
 *   victim() { return [...this.#slots].at(-1)!; }
 *   fresh() { return new MostRecentlyUsed(); }
 * }
 */
export interface EvictionPolicy {
  /** For instance `lru`. */
  readonly name: string;

  /** Makes room for the slots 0 … `slots` − 1. Called before any of them is used; what is known stays. */
  reserve(slots: number): void;

  /**
   * A slot that was free now holds an entry.
   *
   * @param hash 32 bits of the key, as a signed integer: the same for the same key, so that a policy can recognise
   *   one that it evicted and that now comes back
   * @param size of the entry, in bytes
   * @param cost what computing the entry took, in ms
   */
  inserted(slot: number, hash: number, size: number, cost: number): void;

  /** A slot's entry was asked for. */
  used(slot: number): void;

  /** A slot's entry gave way to a newer one of the same key. */
  replaced(slot: number, size: number, cost: number): void;

  /** A slot's entry is gone: it was deleted, it expired, or it was evicted on this policy's word or another's. */
  removed(slot: number): void;

  /** The slot to evict next. Asked only while some slot is held; `removed` follows at once. */
  victim(): number;

  /** A new one with the same settings that holds no slot: for a tier that gives some model a share of its own. */
  fresh(): EvictionPolicy;
}
