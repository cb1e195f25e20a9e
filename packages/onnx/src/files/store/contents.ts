import type { BoundedCache } from './boundedCache.js';
import {
  type CompleteRecord,
  type FileRecord,
  type ModelRecord,
  readCompleteRecord,
  readFileRecord,
  readModelRecord,
} from './records.js';
import { parseStoreUrl } from './storeUrls.js';

export interface Contents {
  readonly models: readonly (ModelRecord & { readonly storeUrl: string })[];
  readonly complete: readonly CompleteRecord[];
  readonly begun: readonly FileRecord[];
  /** URLs of parts, by the download that they belong to. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  /** Whether no record changed while this was put together, nor is of another version of this package. */
  readonly isCertain: boolean;
}

/** Everything that a store holds. Parts are looked for first: whatever they belong to was noted before them. */
export async function contentsOf(cache: BoundedCache): Promise<Contents> {
  const parts = new Map<string, string[]>();
  for (const url of await cache.urls()) {
    const { kind, download } = parseStoreUrl(url);
    if (kind !== 'part' || download === null) continue;
    const those = parts.get(download);
    if (those === undefined) parts.set(download, [url]);
    else those.push(url);
  }
  const models: (ModelRecord & { storeUrl: string })[] = [];
  const complete: CompleteRecord[] = [];
  const begun: FileRecord[] = [];
  let isCertain = true;
  for (const url of await cache.urls()) {
    const { kind } = parseStoreUrl(url);
    if (kind === 'part') continue;
    const response = await cache.match(url);
    if (kind === 'model') {
      const record = await readModelRecord(response);
      if (record === undefined) isCertain = false;
      else models.push({ ...record, storeUrl: url });
    } else {
      const record = await (kind === 'complete' ? readCompleteRecord : readFileRecord)(response);
      if (record === undefined) isCertain = false;
      else if (kind === 'complete') complete.push(record as CompleteRecord);
      else begun.push(record);
    }
  }
  return { models, complete, begun, parts, isCertain };
}

/** Bytes that are there of a file whose download has not come to its end. */
export function sizeOfParts({ parts }: Contents, { download, partSize, size }: FileRecord): number {
  const stored = (parts.get(download)?.length ?? 0) * partSize;
  return size === undefined ? stored : Math.min(stored, size);
}
