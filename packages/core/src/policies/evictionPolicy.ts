/**
 * Decides which entry goes when room is needed. It works on slots — small whole numbers that a tier hands out to its
 * entries and hands out again once they are gone — and never sees keys or values, so one slot table serves every
 * policy, and a policy can be tried on a trace without storing anything.
 */
export interface EvictionPolicy {
  /** For instance `lru`. */
  readonly name: string;

  /** Makes room for the slots 0 … `slots` − 1. Called before any of them is used; what is known stays. */
  reserve(slots: number): void;

  /** A slot that was free now holds an entry. */
  inserted(slot: number): void;

  /** A slot's entry was asked for. */
  used(slot: number): void;

  /** A slot's entry is gone: it was deleted, replaced, or evicted on this policy's word. */
  removed(slot: number): void;

  /** The slot to evict next. Asked only while some slot is held; the tier then calls `removed` with it. */
  victim(): number;
}
