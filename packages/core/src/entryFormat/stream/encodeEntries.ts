import { settledBy } from '../../abortSignals.js';
import type { Entry } from '../../entry.js';
import { putUint32 } from '../checksum.js';
import { encodeEntry } from '../encodeEntry.js';
import { aligned } from '../layout.js';
import { frameHeadSize, putFrameHead, streamStart } from './streamLayout.js';

export interface EncodeEntriesOptions {
  /** Ends the stream with the signal's reason, also while the next entry is being waited for. */
  readonly signal?: AbortSignal | undefined;
}

/** A chunk goes out once it has so many bytes: of small entries each would take longer through a stream than to encode. */
const chunkSize = 65_536;

/**
 * Entries as a stream of bytes, in the layout of `docs/entry-format.md`. Entries are taken from their source only while
 * someone reads, about 64 kB at a time. The stream fails with the source's error, or with `STORAGE_FAILED` for what is no
 * entry (see `encodeEntry`); the source is then closed, as it is when the stream is cancelled.
 *
 * @example
 * await encodeEntries(entries).pipeTo(await fileHandle.createWritable());
 */
export function encodeEntries(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  { signal }: EncodeEntriesOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = iteratorOf(entries);
  let pieces: Uint8Array[] = [Uint8Array.from(streamStart)];
  let count = 0;

  /** Whether there is more after this. */
  async function fillChunk(): Promise<boolean> {
    for (let size = 0; size < chunkSize; ) {
      const next = await nextOf(iterator, signal);
      if (next.done) return false;
      const frame = frameOf(next.value);
      pieces.push(frame);
      size += frame.length;
      count++;
    }
    return true;
  }

  const source: UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> = {
    async pull(controller) {
      try {
        const isMore = await fillChunk();
        if (!isMore) pieces.push(trailerOf(count));
        controller.enqueue(joined(pieces));
        pieces = [];
        if (!isMore) controller.close();
      } catch (error) {
        letGo(iterator);
        throw error;
      }
    },
    cancel: () => letGo(iterator),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

type Source = Iterator<Entry> | AsyncIterator<Entry>;

function iteratorOf(entries: Iterable<Entry> | AsyncIterable<Entry>): Source {
  return Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]();
}

async function nextOf(source: Source, signal: AbortSignal | undefined): Promise<IteratorResult<Entry>> {
  signal?.throwIfAborted();
  const next = source.next();
  return 'then' in next && signal !== undefined ? settledBy(next, signal) : next;
}

/** Not awaited: a source that hangs in `next` would never answer. */
function letGo(source: Source): void {
  try {
    void Promise.resolve(source.return?.()).catch(() => undefined);
  } catch {
    // It was told; what it makes of it is its own affair.
  }
}

function frameOf(entry: Entry): Uint8Array {
  const bytes = encodeEntry(entry);
  const frame = new Uint8Array(aligned(frameHeadSize + bytes.length));
  putFrameHead(frame, bytes.length);
  frame.set(bytes, frameHeadSize);
  return frame;
}

function trailerOf(count: number): Uint8Array {
  const trailer = new Uint8Array(frameHeadSize + 8);
  putFrameHead(trailer, 0);
  putUint32(trailer, frameHeadSize, count % 0x1_0000_0000);
  putUint32(trailer, frameHeadSize + 4, Math.floor(count / 0x1_0000_0000));
  return trailer;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    chunk.set(piece, at);
    at += piece.length;
  }
  return chunk;
}
