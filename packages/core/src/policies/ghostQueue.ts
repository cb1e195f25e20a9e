/**
 * The keys evicted lately, known by 32-bit hashes: a first-in-first-out queue that tells whether a hash is in it. The
 * queue is a ring, and an open-addressed table says where in the ring a hash is (linear probing, deletion by shifting
 * back: D. Knuth, The Art of Computer Programming, volume 3, section 6.4). Costs 12 to 30 bytes a hash, and nothing
 * before the first. Two keys of one hash are taken for one, which at worst misjudges an entry.
 */
export class GhostQueue {
  #ring = new Int32Array(0);
  /** Positions in the ring plus 1; 0 is free. Twice as long as the ring, so at most half full. */
  #table = new Int32Array(0);
  /** Bits of a hash that do not choose its place in the table. */
  #shift = 32;
  /** The oldest and the next one: they only grow, and are positions modulo the ring's length. */
  #start = 0;
  #end = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a hash, and forgets the oldest ones beyond `bound`. */
  add(hash: number, bound: number): void {
    if (bound >= 1) this.#append(hash, bound);
    while (this.#size > bound) this.#forgetOldest();
  }

  /** Whether a hash was there; it no longer is. */
  take(hash: number): boolean {
    if (this.#size === 0) return false;
    const spot = this.#spotOf(hash);
    if (this.#table[spot] === 0) return false;
    this.#free(spot);
    this.#size--;
    return true;
  }

  #append(hash: number, bound: number): void {
    this.take(hash);
    // What was taken leaves its place in the ring empty. The ring is so much longer than the bound that closing up costs
    // little for each hash.
    const length = Math.max(bound * 1.25, this.#ring.length);
    if (length > this.#ring.length || this.#end - this.#start === this.#ring.length) this.#layOut(length);
    const position = this.#end++ & (this.#ring.length - 1);
    this.#ring[position] = hash;
    this.#table[this.#spotOf(hash)] = position + 1;
    this.#size++;
  }

  #forgetOldest(): void {
    const position = this.#start++ & (this.#ring.length - 1);
    const spot = this.#spotOf(this.#ring[position]!);
    // Else it was taken meanwhile, and perhaps added anew since.
    if (this.#table[spot] !== position + 1) return;
    this.#free(spot);
    this.#size--;
  }

  /** Where in the table a hash is, or else would go. */
  #spotOf(hash: number): number {
    let spot = this.#homeOf(hash);
    for (;;) {
      const position = this.#table[spot]!;
      if (position === 0 || this.#ring[position - 1] === hash) return spot;
      spot = (spot + 1) & (this.#table.length - 1);
    }
  }

  /** Where a hash goes if nothing is there. Fibonacci hashing: the product's high bits depend on all of the hash. */
  #homeOf(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift;
  }

  /** Empties a spot, and moves back what had to go further because of it. */
  #free(spot: number): void {
    const mask = this.#table.length - 1;
    let hole = spot;
    for (let next = (hole + 1) & mask; this.#table[next] !== 0; next = (next + 1) & mask) {
      const home = this.#homeOf(this.#ring[this.#table[next]! - 1]!);
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#table[hole] = this.#table[next]!;
      hole = next;
    }
    this.#table[hole] = 0;
  }

  /** Lays the hashes out anew in a ring of at least that length, the oldest first, without the empty places. */
  #layOut(length: number): void {
    const hashes: number[] = [];
    for (let at = this.#start; at < this.#end; at++) {
      const position = at & (this.#ring.length - 1);
      const hash = this.#ring[position]!;
      if (this.#table[this.#spotOf(hash)] === position + 1) hashes.push(hash);
    }
    const bits = Math.max(4, Math.ceil(Math.log2(length)));
    this.#ring = new Int32Array(2 ** bits);
    this.#table = new Int32Array(2 ** (bits + 1));
    this.#shift = 32 - (bits + 1);
    this.#ring.set(hashes);
    this.#start = 0;
    this.#end = hashes.length;
    for (const [position, hash] of hashes.entries()) this.#table[this.#spotOf(hash)] = position + 1;
  }
}
