import { uint32At } from '../checksum.js';
import { decodeEntry, type EntryReading } from '../decodeEntry.js';
import { aligned } from '../layout.js';
import { ByteSource } from './byteSource.js';
import { corruptStream } from './streamErrors.js';
import { frameHeadSize, frameLength, streamStart, streamVersionAt } from './streamLayout.js';

export interface DecodeEntriesOptions {
  /** Ends the iteration with the signal's reason and cancels the stream. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The largest entry that is accepted, in bytes: the iteration holds one entry and about as much again at a time.
   *
   * @default 268_435_456
   */
  readonly maxEntrySize?: number | undefined;
}

/**
 * Reads what `encodeEntries` wrote, however it is cut into chunks. An entry that is damaged or of another version is given
 * as such, and the ones after it are read all the same. The stream is read no further than the entries asked for need, and
 * is cancelled when the iteration ends before it.
 *
 * @throws {PredcacheError} while iterating, after what was intact: `STORAGE_CORRUPT` where the stream is none of ours, of a
 * newer version, ends early, or is damaged between entries; `STORAGE_FAILED` where reading it fails.
 *
 * @example
 * for await (const reading of decodeEntries(response.body)) {
 *   if (reading.kind === 'entry') keep(reading.entry);
 * }
 */
export async function* decodeEntries(
  stream: ReadableStream<Uint8Array>,
  { signal, maxEntrySize = 2 ** 28 }: DecodeEntriesOptions = {},
): AsyncGenerator<EntryReading, void, undefined> {
  const source = new ByteSource(stream, signal);
  let count = 0;
  try {
    await readStart(source);
    for (;;) {
      const length = await readFrameHead(source, count);
      if (length === 0) break;
      if (length > maxEntrySize) throw tooLarge(length, maxEntrySize, count);
      const size = aligned(length);
      if ((await source.fill(size)) < size) throw endsEarly(count);
      const reading = decodeEntry(source.peek(length));
      source.drop(size);
      count++;
      yield reading;
      signal?.throwIfAborted();
    }
    await readTrailer(source, count);
  } finally {
    source.close();
  }
}

async function readStart(source: ByteSource): Promise<void> {
  const there = Math.min(await source.fill(streamStart.length), streamStart.length);
  const start = source.peek(there);
  const isOurs = start.every((byte, at) => at >= streamVersionAt || byte === streamStart[at]);
  if (there === 0 || !isOurs) {
    throw corruptStream('The stream holds no entries of Predcache', {}, 'Check its address or file');
  }
  if (there < streamStart.length) throw endsEarly(0);
  const version = start[streamVersionAt]!;
  if (version !== streamStart[streamVersionAt]) {
    throw corruptStream(
      `The stream is of version ${version}, not ${streamStart[streamVersionAt]}`,
      { version },
      'Update @predcache/core, or have the file written anew',
    );
  }
  source.drop(streamStart.length);
}

async function readFrameHead(source: ByteSource, count: number): Promise<number> {
  if ((await source.fill(frameHeadSize)) < frameHeadSize) throw endsEarly(count);
  const length = frameLength(source.peek(frameHeadSize));
  if (length === undefined) {
    throw corruptStream(`The stream is damaged after ${count} entries, where the next one should begin`, {
      entries: count,
    });
  }
  source.drop(frameHeadSize);
  return length;
}

async function readTrailer(source: ByteSource, count: number): Promise<void> {
  if ((await source.fill(8)) < 8) throw endsEarly(count);
  const trailer = source.peek(8);
  const written = uint32At(trailer, 0) + uint32At(trailer, 4) * 0x1_0000_0000;
  if (written !== count) {
    throw corruptStream(`The stream had ${written} entries, and ${count} have come`, {
      entries: count,
      written,
    });
  }
  source.drop(8);
  if ((await source.fill(1)) > 0)
    throw corruptStream('The stream goes on behind its end', { entries: count });
}

function endsEarly(count: number): Error {
  return corruptStream(`The stream ends early, after ${count} entries`, { entries: count });
}

function tooLarge(length: number, maxEntrySize: number, count: number): Error {
  return corruptStream(
    `An entry of ${length} bytes is larger than the ${maxEntrySize} accepted`,
    { entries: count, length, maxEntrySize },
    'Raise maxEntrySize if the file can be trusted',
  );
}
