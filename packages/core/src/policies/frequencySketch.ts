/** Counters are halved when this many uses for each slot have been counted. */
const sampleFactor = 10;
const rows = 4;
const mostUses = 15;
const seeds = Int32Array.of(0x2545f491, 0x5851f42d, 0x14057b7e, 0x6c62272e);

/**
 * About how often a hash was counted of late: a count-min sketch with four rows of 4-bit counters, halved now and then
 * so that old fame fades. Takes 8 bytes for each slot. G. Cormode and S. Muthukrishnan, "An improved data stream
 * summary: the count-min sketch and its applications", Journal of Algorithms 55(1), 2005.
 */
export class FrequencySketch {
  /** Two counters a byte. */
  #counters = new Uint8Array(0);
  #shift = 0;
  #slots = 0;
  #counted = 0;

  /** Makes room for as many hashes as there are slots; what was counted stays. */
  reserve(slots: number): void {
    if (slots <= this.#slots) return;
    this.#slots = slots;
    const bits = Math.max(4, Math.ceil(Math.log2(slots)));
    const counters = new Uint8Array(2 ** bits * 8);
    if (counters.length === this.#counters.length) return;
    // A hash's place is chosen by its high bits, so a longer table splits each place, two bytes, into several.
    const factor = counters.length / this.#counters.length;
    for (let at = 0; at < counters.length && factor < Infinity; at++) {
      counters[at] = this.#counters[2 * Math.floor((at >> 1) / factor) + (at & 1)]!;
    }
    this.#counters = counters;
    // Each of the four rows has 4 counters a slot.
    this.#shift = 32 - (bits + 2);
  }

  count(hash: number): void {
    let hasGrown = false;
    for (let row = 0; row < rows; row++) hasGrown = this.#increment(this.#placeOf(hash, row)) || hasGrown;
    if (hasGrown && ++this.#counted >= sampleFactor * this.#slots) this.#halve();
  }

  /** 0 to 15; never less than was counted since the last halvings, unless it was more than 15. */
  estimate(hash: number): number {
    let least = mostUses;
    for (let row = 0; row < rows; row++) {
      const place = this.#placeOf(hash, row);
      const value = (this.#counters[place >> 1]! >> ((place & 1) << 2)) & mostUses;
      if (value < least) least = value;
    }
    return least;
  }

  /** A row's counters lie apart from the other rows': row r of place p is counter 4 p + r. */
  #placeOf(hash: number, row: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 15), seeds[row]!);
    return ((Math.imul(mixed ^ (mixed >>> 13), 0x9e3779b1) >>> this.#shift) << 2) | row;
  }

  #increment(place: number): boolean {
    const offset = (place & 1) << 2;
    const byte = this.#counters[place >> 1]!;
    if (((byte >> offset) & mostUses) === mostUses) return false;
    this.#counters[place >> 1] = byte + (1 << offset);
    return true;
  }

  #halve(): void {
    const counters = this.#counters;
    for (let at = 0; at < counters.length; at++) counters[at] = (counters[at]! >> 1) & 0x77;
    this.#counted >>= 1;
  }
}
