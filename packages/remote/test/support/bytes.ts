export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A JSON message followed by raw bytes, and the length of its JSON. */
export function binaryMessage(
  json: unknown,
  ...raw: readonly Uint8Array[]
): { body: Uint8Array; length: number } {
  const head = bytesOf(JSON.stringify(json));
  return { body: new Uint8Array(Buffer.concat([head, ...raw])), length: head.length };
}
