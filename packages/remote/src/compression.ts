/** How request bodies may be compressed. */
export type Compression = 'gzip' | 'deflate';

/** Whether this browser or Node can. */
export function canCompress(): boolean {
  return typeof (globalThis as { CompressionStream?: unknown }).CompressionStream === 'function';
}

/** `deflate` is the zlib format, as HTTP means it. */
export async function compress(
  body: Uint8Array<ArrayBuffer>,
  compression: Compression,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream(compression));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
