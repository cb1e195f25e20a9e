import type { FileHandle } from 'node:fs/promises';

/** Bytes read at once: one call for many small entries. */
const readSize = 2 ** 20;

/** A file read from front to back, in pieces of any length. */
export class FileWindow {
  readonly #handle: FileHandle;
  readonly #size: number;
  #bytes = Buffer.alloc(0);
  #start = 0;

  /** @param size bytes of the file that are looked at */
  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** A view of so many bytes, fewer at the file's end. Valid until the next call. */
  async at(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.#size - offset));
    if (offset < this.#start || offset + wanted > this.#start + this.#bytes.length)
      await this.#read(offset, wanted);
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + wanted);
  }

  async #read(offset: number, wanted: number): Promise<void> {
    const bytes = Buffer.alloc(Math.min(Math.max(wanted, readSize), this.#size - offset));
    let there = 0;
    while (there < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, there, bytes.length - there, offset + there);
      if (bytesRead === 0) break;
      there += bytesRead;
    }
    this.#bytes = bytes.subarray(0, there);
    this.#start = offset;
  }
}
