import { randomName } from '../../randomName.js';
import type { FileAnswer } from '../download/requestFile.js';
import type { StoredBeginning, Storing } from '../download/storing.js';
import type { ModelFile } from '../modelFile.js';
import type { FileStore } from './fileStore.js';
import { PartWriter } from './partWriter.js';
import { type FileRecord, newRecord, partSize } from './records.js';
import { readBeginning } from './storedFile.js';
import { fileKey } from './storeUrls.js';

/** Keeps a file in the store while it is downloaded, and finds what an earlier download left there. */
export class StoringInCache implements Storing {
  readonly #store: FileStore;
  readonly #file: ModelFile;
  #found: { readonly record: FileRecord; readonly parts: number } | undefined;
  #writer: PartWriter | undefined;

  constructor(store: FileStore, file: ModelFile) {
    this.#store = store;
    this.#file = file;
  }

  async beginning(signal: AbortSignal): Promise<StoredBeginning | undefined> {
    try {
      const record = await this.#store.begun(this.#file);
      if (record === undefined) return undefined;
      const assembly = await readBeginning(this.#store, this.#file, record, signal);
      this.#found = { record, parts: (assembly?.length ?? 0) / record.partSize };
      if (assembly === undefined) return undefined;
      const { etag, lastModified, size } = record;
      return { assembly, beginning: { length: assembly.length, size, validators: { etag, lastModified } } };
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async goOn(): Promise<void> {
    const found = this.#found;
    if (found === undefined) return;
    const record = { ...found.record, at: Date.now() };
    await this.#orWithout(async () => {
      await this.#store.noteBegun(record);
      this.#writer = new PartWriter(this.#store, record, found.parts);
    });
  }

  async begin({ size, validators }: FileAnswer): Promise<void> {
    const { url, integrity, model } = this.#file;
    const found = this.#found;
    this.#found = undefined;
    this.#writer = undefined;
    await this.#orWithout(async () => {
      if (found !== undefined) await this.#store.forget(found.record, 'begun');
      const record = newRecord({
        key: fileKey(this.#file),
        url,
        integrity,
        name: model.name,
        version: model.version,
        size,
        partSize,
        download: randomName(),
        ...validators,
        at: Date.now(),
      });
      await this.#store.noteBegun(record);
      this.#writer = new PartWriter(this.#store, record, 0);
    });
  }

  append(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#orWithout(() => this.#writer?.append(bytes));
  }

  async commit(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#orWithout(() => this.#writer?.commit(bytes, Date.now()));
  }

  async discard(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    // Where not even that works, a later load collects them.
    await writer?.discard().catch(() => {});
  }

  /** Where there is no room, or the disk does not do as it should, the download goes on by itself. */
  async #orWithout(task: () => Promise<void> | undefined): Promise<void> {
    try {
      await task();
    } catch {
      await this.discard();
    }
  }
}
