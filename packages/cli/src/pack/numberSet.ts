/** A set of small whole numbers, a bit each. */
export class NumberSet {
  #bits = new Uint8Array(128);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return (this.#bits[number >> 3]! & (1 << (number & 7))) !== 0;
  }

  add(number: number): void {
    if (this.has(number)) return;
    if (number >> 3 >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(this.#bits.length * 2, (number >> 3) + 1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[number >> 3]! |= 1 << (number & 7);
    this.#size++;
  }
}
