import { readPieces } from '../download/bodyPieces.js';
import type { ModelFile } from '../modelFile.js';
import { type BoundedCache, bounded } from './boundedCache.js';
import {
  type CompleteRecord,
  type FileRecord,
  readCompleteRecord,
  readFileRecord,
  recordResponse,
} from './records.js';
import { begunUrl, completeUrl, fileKey, partUrl } from './storeUrls.js';

/** Files of models in a cache of the origin: parts, and a record that says what they belong to. */
export class FileStore {
  readonly cache: BoundedCache;

  constructor(cache: BoundedCache) {
    this.cache = cache;
  }

  /** The record of a file that is stored as a whole. Reads no part of it. */
  async complete(file: Pick<ModelFile, 'url' | 'integrity'>): Promise<CompleteRecord | undefined> {
    return readCompleteRecord(await this.cache.match(completeUrl(fileKey(file))));
  }

  /** The record of a file whose download has not come to its end. */
  async begun(file: ModelFile): Promise<FileRecord | undefined> {
    return readFileRecord(await this.cache.match(begunUrl(fileKey(file))));
  }

  /** Whether this download is the one that the file's record speaks of. */
  async isBegun({ key, download }: FileRecord): Promise<boolean> {
    return (await readFileRecord(await this.cache.match(begunUrl(key))))?.download === download;
  }

  async noteBegun(record: FileRecord): Promise<void> {
    await this.cache.put(begunUrl(record.key), recordResponse(record));
  }

  /** From here on the file is stored. */
  async noteComplete(record: CompleteRecord): Promise<void> {
    const before = await readCompleteRecord(await this.cache.match(completeUrl(record.key)));
    await this.cache.put(completeUrl(record.key), recordResponse(record));
    // It is stored now; what was there before is collected later, if not at once.
    await this.cache.delete(begunUrl(record.key)).catch(() => {});
    if (before === undefined || before.download === record.download) return;
    await this.#deleteParts(before.download).catch(() => {});
  }

  async writePart(download: string, index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream' };
    await this.cache.put(partUrl(download, index), new Response(bytes, { headers }));
  }

  /**
   * Hands on what a part consists of, piece by piece, each good for the moment.
   *
   * @returns whether there is such a part, of the length given.
   */
  async readPart(
    download: string,
    index: number,
    length: number,
    onBytes: (bytes: Uint8Array) => void,
  ): Promise<boolean> {
    const response = await this.cache.match(partUrl(download, index));
    if (response === undefined) return false;
    let read = 0;
    const reading = readPieces(response.body, (piece) => {
      read += piece.byteLength;
      if (read <= length) onBytes(piece);
    });
    await bounded(reading);
    return read === length;
  }

  /**
   * Forgets what a download brought and deletes its parts; what another tab has put in its place meanwhile stays. The
   * record goes first, so that none is left without parts.
   */
  async forget({ key, download }: FileRecord, kind: 'complete' | 'begun'): Promise<void> {
    const url = kind === 'complete' ? completeUrl(key) : begunUrl(key);
    const now = await readFileRecord(await this.cache.match(url));
    if (now === undefined || now.download === download) await this.cache.delete(url);
    await this.#deleteParts(download);
  }

  async #deleteParts(download: string): Promise<void> {
    // All of them, also beyond a gap.
    const start = partUrl(download, 0).slice(0, -1);
    const urls = (await this.cache.urls()).filter((url) => url.startsWith(start));
    for (const url of urls) await this.cache.delete(url);
  }
}
