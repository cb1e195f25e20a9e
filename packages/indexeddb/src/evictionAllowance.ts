/** This part of what is stored stays in any case. */
const partToKeep = 0.5;

/**
 * How much may be evicted because the storage is full. Evicting need not help: the disk may be full of what others keep,
 * and a browser frees the space of deleted rows when it sees fit (Chromium's LevelDB only once megabytes have been
 * written). So in a row of failures there is one eviction, and however many rows of failures there are, half of the
 * most that was stored when there was one stays.
 */
export class EvictionAllowance {
  /** Bytes that have to stay. */
  #floor = 0;
  #hasWritten = true;

  /** The bytes that may be evicted now, of so many stored. */
  of(stored: number): number {
    return this.#hasWritten ? Math.max(0, stored - this.#floorOf(stored)) : 0;
  }

  /** Some have been evicted, of so many bytes stored. */
  evicted(stored: number): void {
    this.#floor = this.#floorOf(stored);
    this.#hasWritten = false;
  }

  /** A write has succeeded; so many bytes are stored now, where that is known. */
  wrote(stored = Number.POSITIVE_INFINITY): void {
    // What was deleted on purpose need not come back first.
    this.#floor = Math.min(this.#floor, stored);
    this.#hasWritten = true;
  }

  #floorOf(stored: number): number {
    return Math.max(this.#floor, stored * partToKeep);
  }
}
