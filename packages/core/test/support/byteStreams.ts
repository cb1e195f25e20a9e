import type { EntryReading } from '@predcache/core';

/** Bytes as a stream of chunks of some sizes, over and over; 0 makes an empty chunk. */
export function chunked(bytes: Uint8Array, ...sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let chunks = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const end = Math.min(at + sizes[chunks++ % sizes.length]!, bytes.length);
      controller.enqueue(bytes.slice(at, end));
      at = end;
    },
  });
}

export async function allBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

/** Everything an iteration gives, and what it throws then. */
export async function allReadings(
  iterable: AsyncIterable<EntryReading>,
): Promise<{ readonly readings: readonly EntryReading[]; readonly error: unknown }> {
  const readings: EntryReading[] = [];
  try {
    for await (const reading of iterable) readings.push(reading);
    return { readings, error: undefined };
  } catch (error) {
    return { readings, error };
  }
}
