import { downloadFile } from './download/downloadFile.js';
import { hasChanged } from './download/hasChanged.js';
import type { ModelFile } from './modelFile.js';
import type { ReadOptions } from './readModel.js';
import { DownloadNews } from './store/downloadNews.js';
import { oneAtATime } from './store/fileLock.js';
import type { FileStore } from './store/fileStore.js';
import type { CompleteRecord } from './store/records.js';
import { readStored } from './store/storedFile.js';
import { fileKey } from './store/storeUrls.js';
import { StoringInCache } from './store/storingInCache.js';

export interface KeepingOptions {
  readonly stallTimeout?: number | undefined;
  /** ms that another tab's download of the file is waited for without news of it. */
  readonly patience?: number | undefined;
  /** ms to ask whether a stored file is still the server's. */
  readonly revalidateTimeout?: number | undefined;
}

type FileOptions = Pick<ReadOptions, 'signal' | 'onBytes'> & KeepingOptions;

/** One file from the store, or downloaded into it. Failures of the store are as if there were none. */
export class KeptFile {
  readonly #store: FileStore;
  readonly #file: ModelFile;
  readonly #options: FileOptions;

  constructor(store: FileStore, file: ModelFile, options: FileOptions) {
    this.#store = store;
    this.#file = file;
    this.#options = options;
  }

  async read(): Promise<Uint8Array<ArrayBuffer>> {
    const known = await this.#record();
    if (known !== undefined && !(await this.#isOutdated(known))) {
      const bytes = await this.#stored(known);
      if (bytes !== undefined) return bytes;
    }
    try {
      return await this.#downloadOnce(known);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      // An outdated file beats none. With a digest there is no outdated one.
      const bytes = this.#file.integrity === undefined && known !== undefined && (await this.#stored(known));
      if (bytes) return bytes;
      throw error;
    }
  }

  async #downloadOnce(known: CompleteRecord | undefined): Promise<Uint8Array<ArrayBuffer>> {
    return oneAtATime(fileKey(this.#file), this.#options, async (isAlone) => {
      this.#options.signal.throwIfAborted();
      const now = await this.#record();
      if (now !== undefined && now.download !== known?.download) {
        const bytes = await this.#stored(now);
        if (bytes !== undefined) return bytes;
      }
      return this.#download(isAlone ? new StoringInCache(this.#store, this.#file) : undefined);
    });
  }

  async #download(storing: StoringInCache | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const news = new DownloadNews(fileKey(this.#file));
    const { signal, onBytes, stallTimeout } = this.#options;
    try {
      return await downloadFile(this.#file, {
        signal,
        stallTimeout,
        storing,
        onBytes: (loaded, total) => {
          news.tell(loaded, total);
          onBytes(loaded, total);
        },
      });
    } finally {
      news.close();
    }
  }

  async #record(): Promise<CompleteRecord | undefined> {
    return this.#store.complete(this.#file).catch(() => undefined);
  }

  async #isOutdated(record: CompleteRecord): Promise<boolean> {
    if (this.#file.integrity !== undefined) return false;
    return hasChanged(this.#file, record, this.#options);
  }

  #stored(record: CompleteRecord): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return readStored(this.#store, this.#file, record, this.#options);
  }
}
