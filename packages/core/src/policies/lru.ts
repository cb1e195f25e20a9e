import type { EvictionPolicy } from './evictionPolicy.js';

/**
 * Least Recently Used: evicts what was not asked for the longest. A good first choice where what was just seen comes
 * again soon; a single scan over many inputs empties it of everything else.
 *
 * The order is a doubly linked list through two integer arrays, so a use costs a few array writes and no allocation.
 * R. L. Mattson et al., "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970.
 *
 * @example
 * memory({ maxSize: 8e6, policy: lru() });
 */
export function lru(): EvictionPolicy {
  return new LeastRecentlyUsed();
}

class LeastRecentlyUsed implements EvictionPolicy {
  readonly name = 'lru';
  // Element 0 is the ends of the list, slot s is element s + 1: no end needs a case of its own.
  #newer = new Int32Array(1);
  #older = new Int32Array(1);

  reserve(slots: number): void {
    this.#newer = grown(this.#newer, slots + 1);
    this.#older = grown(this.#older, slots + 1);
  }

  inserted(slot: number): void {
    this.#link(slot + 1);
  }

  used(slot: number): void {
    const element = slot + 1;
    if (this.#older[0] === element) return;
    this.#unlink(element);
    this.#link(element);
  }

  removed(slot: number): void {
    this.#unlink(slot + 1);
  }

  victim(): number {
    return this.#newer[0]! - 1;
  }

  /** Puts an element at the most recent end, which is where `older` of the ends points. */
  #link(element: number): void {
    const previous = this.#older[0]!;
    this.#older[element] = previous;
    this.#newer[element] = 0;
    this.#newer[previous] = element;
    this.#older[0] = element;
  }

  #unlink(element: number): void {
    const newer = this.#newer[element]!;
    const older = this.#older[element]!;
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
