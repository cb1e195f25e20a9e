/** Bytes that came in pieces, to be taken in others. Holds no more than twice what is waiting and the last piece. */
export class ByteQueue {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Whether the buffer was made here: a piece that came is never written to. */
  #isOwn = false;

  get length(): number {
    return this.#end - this.#start;
  }

  push(piece: Uint8Array): void {
    if (this.length === 0) {
      this.#use(piece, piece.length, false);
      return;
    }
    if (this.#end + piece.length > this.#bytes.length) this.#makeRoom(piece.length);
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** A view of the next bytes, valid until the next `push`. As many must be there. */
  peek(length: number): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#start + length);
  }

  drop(length: number): void {
    this.#start += length;
  }

  #makeRoom(more: number): void {
    const waiting = this.peek(this.length);
    const needed = waiting.length + more;
    if (this.#isOwn && needed <= this.#bytes.length) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      this.#use(this.#bytes, waiting.length, true);
      return;
    }
    // Doubled, or many small pieces of one large entry would be copied over and over.
    const bytes = new Uint8Array(Math.max(needed, waiting.length * 2));
    bytes.set(waiting);
    this.#use(bytes, waiting.length, true);
  }

  #use(bytes: Uint8Array, end: number, isOwn: boolean): void {
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = end;
    this.#isOwn = isOwn;
  }
}
