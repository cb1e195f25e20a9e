/** Enough for what the network delivers at once. */
const scratchSize = 256 * 1024;

/**
 * Hands on a body piece by piece; each is good until `onPiece` is done. Where the browser can, all of
 * them come through one small buffer: pieces with buffers of their own pile up until the garbage is collected, some
 * 90 MB of them with a file of 300.
 */
export async function readPieces(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  onPiece: (piece: Uint8Array) => Promise<void> | void,
): Promise<void> {
  if (body === null) return;
  const reader = scratchReader(body);
  if (reader === undefined) return readOwnPieces(body.getReader(), onPiece);
  let scratch = new Uint8Array(scratchSize);
  for (;;) {
    const { value, done } = await reader.read(scratch);
    if (done) return;
    await onPiece(value);
    scratch = new Uint8Array(value.buffer);
  }
}

async function readOwnPieces(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  onPiece: (piece: Uint8Array) => Promise<void> | void,
): Promise<void> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    await onPiece(value);
  }
}

function scratchReader(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}
