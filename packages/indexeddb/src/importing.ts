import { decodeEntries, type Entry, type EntryReading } from '@predcache/core';
import { isDigest } from './rowKey.js';

export interface ImportOptions {
  /**
   * Models whose entries are taken, by `Predictor.modelId`.
   *
   * @default any
   */
  readonly models?: readonly string[] | undefined;
  /** Stops it; what is stored by then stays. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImportResult) => void) | undefined;
}

/** Why an entry is not taken. */
export type Refusal =
  /** Its checksum or its key is wrong. */
  | 'damaged'
  /** Of a version of the format that is not read any more, or not yet. */
  | 'older'
  | 'newer'
  /** Of another model than those asked for. */
  | 'model'
  /** Past the tier's `ttl`. */
  | 'expired'
  /** The tier has it already, as new or newer. */
  | 'known'
  /** Larger than the tier takes, or the storage failed. */
  | 'notStored';

export interface ImportResult {
  readonly imported: number;
  readonly refused: Readonly<Record<Refusal, number>>;
}

/** What the tier has to say to an entry. */
export interface ImportTarget {
  readonly isExpired: (entry: Entry) => boolean;
  readonly isKnown: (entry: Entry) => boolean;
  readonly setMany: (entries: readonly Entry[]) => Promise<number>;
}

const entriesAtOnce = 500;

/**
 * Reads entries from a stream into a tier, each on its own merits.
 *
 * @throws {PredcacheError} `STORAGE_CORRUPT` where the stream is none of ours or ends early, after what was intact is stored.
 */
export async function importEntries(
  stream: ReadableStream<Uint8Array>,
  { isExpired, isKnown, setMany }: ImportTarget,
  { models, signal, onProgress }: ImportOptions,
): Promise<ImportResult> {
  let imported = 0;
  const refused = { damaged: 0, older: 0, newer: 0, model: 0, expired: 0, known: 0, notStored: 0 };
  const wanted = models === undefined ? undefined : new Set(models);
  let batch: Entry[] = [];

  const refusalOf = (reading: EntryReading): Refusal | undefined => {
    if (reading.kind !== 'entry') return reading.kind;
    const { entry } = reading;
    if (!isDigest(entry.key)) return 'damaged';
    if (wanted !== undefined && !wanted.has(entry.model)) return 'model';
    if (isExpired(entry)) return 'expired';
    return isKnown(entry) ? 'known' : undefined;
  };

  const store = async () => {
    const stored = await setMany(batch);
    imported += stored;
    refused.notStored += batch.length - stored;
    batch = [];
    onProgress?.({ imported, refused: { ...refused } });
  };

  try {
    for await (const reading of decodeEntries(stream, { signal })) {
      const refusal = refusalOf(reading);
      if (refusal !== undefined) refused[refusal]++;
      else if (reading.kind === 'entry') batch.push(reading.entry);
      if (batch.length === entriesAtOnce) await store();
    }
  } finally {
    await store();
  }
  return { imported, refused };
}
