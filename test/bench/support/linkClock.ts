/** What a network link lets through. */
export interface Link {
  readonly bitsPerSecond: number;
  /** ms from a request to the first byte of its answer. */
  readonly latency: number;
}

/** Tells when bytes are through a link that all downloads share, one after another. */
export class LinkClock {
  readonly #bytesPerMillisecond: number;
  #freeAt = 0;

  constructor({ bitsPerSecond }: Link) {
    this.#bytesPerMillisecond = bitsPerSecond / 8 / 1000;
  }

  /**
   * Takes the link for some bytes.
   *
   * @param now ms of any clock that only goes forward
   * @returns When the last of them is through, on the same clock.
   */
  send(bytes: number, now: number): number {
    this.#freeAt = Math.max(this.#freeAt, now) + bytes / this.#bytesPerMillisecond;
    return this.#freeAt;
  }
}
