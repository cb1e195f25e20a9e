/** Positions stay whole 32-bit numbers: before they would not, the hashes are laid out anew. */
const lastPosition = 2 ** 30;

/**
 * The keys evicted lately, known by 32-bit hashes: a first-in-first-out queue that tells whether a hash is in it.
 *
 * A ring holds the hashes in the order in which they came, and each of them names the one before it whose bits are
 * alike: the chains over a sliding window by which Deflate finds repetitions (RFC 1951, section 4). What falls out of
 * the window falls off the chains by itself. Costs 15 to 30 bytes a hash, and nothing before the first. Two keys of one
 * hash are taken for one, which at worst misjudges an entry.
 */
export class GhostQueue {
  /**
   * Two numbers for each place: the hash, and the position of the next older one of its chain; of one that was taken
   * the position's complement, which is below 0. Side by side, because whoever reads one reads the other.
   */
  #ring = new Int32Array(0);
  /** How many places the ring has. */
  #length = 0;
  /** The position of each chain's newest hash; as many chains as the ring has places. */
  #newest = new Int32Array(0);
  /** Bits of a hash that do not choose its chain. */
  #shift = 32;
  /** The oldest and the next one: they only grow, and are places modulo the ring's length. 0 stands for none. */
  #start = 1;
  #end = 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a hash, and forgets the oldest ones beyond `bound`. */
  add(hash: number, bound: number): void {
    if (bound >= 1) this.#append(hash, bound);
    while (this.#size > bound) {
      if (this.#ring[2 * (this.#start++ & (this.#length - 1)) + 1]! >= 0) this.#size--;
    }
  }

  /** Whether a hash was there; it no longer is. */
  take(hash: number): boolean {
    if (this.#size === 0) return false;
    const ring = this.#ring;
    const mask = this.#length - 1;
    let at = this.#newest[this.#chainOf(hash)]!;
    while (at >= this.#start) {
      const place = 2 * (at & mask);
      const older = ring[place + 1]!;
      if (ring[place] === hash && older >= 0) {
        ring[place + 1] = ~older;
        this.#size--;
        return true;
      }
      at = older < 0 ? ~older : older;
    }
    return false;
  }

  #append(hash: number, bound: number): void {
    // What was taken leaves its place in the ring empty: room for that, so that closing up costs little for each hash.
    if (bound > this.#length || this.#end - this.#start === this.#length || this.#end === lastPosition)
      this.#layOut(Math.max(bound * 1.25, this.#length));
    const chain = this.#chainOf(hash);
    const at = this.#end++;
    const place = 2 * (at & (this.#length - 1));
    this.#ring[place] = hash;
    this.#ring[place + 1] = this.#newest[chain]!;
    this.#newest[chain] = at;
    this.#size++;
  }

  /** Fibonacci hashing: the product's high bits depend on all of the hash. */
  #chainOf(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift;
  }

  /** Lays the hashes out anew in a ring of at least that length, the oldest first, without the empty places. */
  #layOut(length: number): void {
    const hashes: number[] = [];
    for (let at = this.#start; at < this.#end; at++) {
      const place = 2 * (at & (this.#length - 1));
      if (this.#ring[place + 1]! >= 0) hashes.push(this.#ring[place]!);
    }
    const bits = Math.max(4, Math.ceil(Math.log2(length)));
    this.#length = 2 ** bits;
    this.#ring = new Int32Array(2 * this.#length);
    this.#newest = new Int32Array(this.#length);
    this.#shift = 32 - bits;
    this.#start = 1;
    this.#end = 1;
    this.#size = 0;
    for (const hash of hashes) this.#append(hash, 1);
  }
}
