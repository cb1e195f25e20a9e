import type { Entry } from '@predcache/core';
import type { RowCodec } from './rowCodec.js';
import type { RowKey } from './rowKey.js';

export interface ExportOptions {
  /** Ends the stream with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
}

export interface ExportProgress {
  /** Entries that are in the stream so far. */
  readonly entries: number;
  /** Rows that there were at the start: some may be gone when their turn comes. */
  readonly total: number;
}

const rowsAtOnce = 256;

/** A partition's entries, read some rows at a time, while someone asks for them. */
export async function* storedEntries(
  keys: readonly RowKey[],
  codec: RowCodec,
  read: (keys: readonly RowKey[]) => Promise<readonly unknown[]>,
  { onProgress }: ExportOptions,
): AsyncGenerator<Entry> {
  let entries = 0;
  for (let from = 0; from < keys.length; from += rowsAtOnce) {
    const part = keys.slice(from, from + rowsAtOnce);
    const rows = await read(part);
    for (const [index, key] of part.entries()) {
      // Gone meanwhile, or damaged: a miss here as in a look-up.
      const reading = await codec.decode(rows[index], key);
      if (reading.kind !== 'entry') continue;
      entries++;
      yield reading.entry;
    }
    onProgress?.({ entries, total: keys.length });
  }
}
