/**
 * Which number belongs to which key: some 20 bytes a key, a sixth of what a `Map` of texts takes. It keeps 64 bits of
 * each key, so that whoever asks must make sure that it is the right one.
 */
export class KeyTable {
  /** The number + 1; 0 where there is none. */
  #numbers = new Uint32Array(1024);
  #prints = new Uint32Array(1024);
  #homes = new Uint32Array(1024);
  #count = 0;

  /** The number of a key; `isIt` tells whether a number that may be the key's own is. */
  find(key: string, isIt: (number: number) => boolean): number | undefined {
    const { home, print } = partsOf(key);
    const mask = this.#numbers.length - 1;
    for (let slot = home & mask; this.#numbers[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.#numbers[slot]! - 1;
      if (this.#homes[slot] === home && this.#prints[slot] === print && isIt(number)) return number;
    }
    return undefined;
  }

  /** Adds a key that is not there yet. */
  add(key: string, number: number): void {
    if ((this.#count + 1) * 4 > this.#numbers.length * 3) this.#grow();
    const { home, print } = partsOf(key);
    this.#put(home, print, number + 1);
    this.#count++;
  }

  #put(home: number, print: number, stored: number): void {
    const mask = this.#numbers.length - 1;
    let slot = home & mask;
    while (this.#numbers[slot] !== 0) slot = (slot + 1) & mask;
    this.#numbers[slot] = stored;
    this.#prints[slot] = print;
    this.#homes[slot] = home;
  }

  #grow(): void {
    const [numbers, prints, homes] = [this.#numbers, this.#prints, this.#homes];
    const size = numbers.length * 2;
    [this.#numbers, this.#prints, this.#homes] = [
      new Uint32Array(size),
      new Uint32Array(size),
      new Uint32Array(size),
    ];
    for (const [slot, stored] of numbers.entries()) {
      if (stored !== 0) this.#put(homes[slot]!, prints[slot]!, stored);
    }
  }
}

/** Keys are digests: any of their bits are as good as a hash of them. */
function partsOf(key: string): { readonly home: number; readonly print: number } {
  return { home: Number.parseInt(key.slice(0, 8), 16), print: Number.parseInt(key.slice(8, 16), 16) };
}
