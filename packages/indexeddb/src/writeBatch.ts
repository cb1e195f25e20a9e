import type { Bounds, Evicted } from './eviction.js';
import type { Changes, Encoded } from './write.js';

/**
 * Writes of one moment, gathered for one transaction. Never holds more than the tier may: what would be evicted
 * anyway is not written first.
 */
export class WriteBatch {
  readonly #bounds: Bounds;
  /** The keys of entries that were not written after all: a deletion that covers them was called elsewhere. */
  readonly refused = new Set<string>();
  readonly #changes = new Map<string, Encoded | undefined>();
  #entries = 0;
  #bytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get changes(): Changes {
    return this.#changes;
  }

  /** Will write an entry. Gives those that leave the batch for it, the oldest first. */
  put(encoded: Encoded): readonly Evicted[] {
    const { key, size } = encoded.entry;
    this.#forget(key);
    this.#changes.set(key, encoded);
    this.#entries++;
    this.#bytes += size;
    return this.#isWithinBounds() ? [] : this.#trim();
  }

  /** Will remove what is stored under a key. */
  remove(key: string): void {
    this.#forget(key);
    this.#changes.set(key, undefined);
  }

  #forget(key: string): void {
    const previous = this.#changes.get(key);
    if (previous !== undefined) {
      this.#entries--;
      this.#bytes -= previous.entry.size;
    }
    this.#changes.delete(key);
  }

  #trim(): Evicted[] {
    const evicted: Evicted[] = [];
    for (const [key, encoded] of this.#changes) {
      if (this.#isWithinBounds()) break;
      if (encoded === undefined) continue;
      const { entry } = encoded;
      const reason = this.#bytes > this.#bounds.maxSize ? 'size' : 'entries';
      this.#entries--;
      this.#bytes -= entry.size;
      // Assigned, so that it keeps its place: an older row of the key must not come back to light.
      this.#changes.set(key, undefined);
      evicted.push({ key, model: entry.model, size: entry.size, reason });
    }
    return evicted;
  }

  #isWithinBounds(): boolean {
    return this.#bytes <= this.#bounds.maxSize && this.#entries <= this.#bounds.maxEntries;
  }
}
