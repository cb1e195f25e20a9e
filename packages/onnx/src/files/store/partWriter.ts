import type { FileStore } from './fileStore.js';
import type { FileRecord } from './records.js';

/**
 * Stores a file's parts while it comes in. One is written while the next comes in; a download that is faster than the
 * disk waits for it, so that no more than a part is held beside the file. Rejects as soon as one part cannot be stored.
 */
export class PartWriter {
  readonly record: FileRecord;
  readonly #store: FileStore;
  #written: number;
  #writing: Promise<void> = Promise.resolve();

  /** @param parts that are there already. */
  constructor(store: FileStore, record: FileRecord, parts: number) {
    this.#store = store;
    this.record = record;
    this.#written = parts;
  }

  /** @param bytes all that there are of the file by now. */
  async append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { partSize } = this.record;
    while (bytes.byteLength >= (this.#written + 1) * partSize) await this.#write(bytes);
  }

  /** Stores what is left, then says that the file is whole: unless its parts have been deleted meanwhile. */
  async commit(bytes: Uint8Array<ArrayBuffer>, now: number): Promise<void> {
    await this.append(bytes);
    if (bytes.byteLength > this.#written * this.record.partSize) await this.#write(bytes);
    await this.#writing;
    if (await this.#store.isBegun(this.record))
      await this.#store.noteComplete({ ...this.record, size: bytes.byteLength, at: now });
    else await this.discard();
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#store.forget(this.record, 'begun');
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#writing;
    const index = this.#written++;
    const { download, partSize } = this.record;
    this.#writing = this.#store.writePart(
      download,
      index,
      bytes.subarray(index * partSize, (index + 1) * partSize),
    );
    // Reported by whoever waits for it next.
    this.#writing.catch(() => {});
  }
}
