import { protocolError } from './protocolError.js';
import { parseProtocolJson } from './protocolJson.js';
import { encodeUtf8 } from './utf8.js';

/** The header that says how many bytes of a body are JSON; the rest are raw tensors. */
export const headerLengthName = 'Inference-Header-Content-Length';

export const jsonContentType = 'application/json';
export const binaryContentType = 'application/octet-stream';

/** A message ready for the wire. */
export interface EncodedMessage {
  /** `Content-Type`, and `Inference-Header-Content-Length` where the body holds raw tensors. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Whether tensors travel as JSON or as raw bytes after the JSON. */
export type TensorFormat = 'json' | 'binary';

/** A body taken apart. `binary` is undefined when all of it is JSON. */
export interface SplitMessage {
  readonly json: Readonly<Record<string, unknown>>;
  readonly binary: Uint8Array | undefined;
}

/** Joins the JSON text and the raw tensors, in order. Without raw tensors it is a plain JSON message. */
export function joinMessage(json: string, binary: readonly Uint8Array[]): EncodedMessage {
  const head = encodeUtf8(json);
  if (binary.length === 0) return { headers: { 'Content-Type': jsonContentType }, body: head };
  const body = new Uint8Array(binary.reduce((size, part) => size + part.length, head.length));
  body.set(head);
  let at = head.length;
  for (const part of binary) {
    body.set(part, at);
    at += part.length;
  }
  return { headers: { 'Content-Type': binaryContentType, [headerLengthName]: String(head.length) }, body };
}

/**
 * Takes a body apart.
 *
 * @param headerLength The value of `Inference-Header-Content-Length`, if any, as it came.
 * @throws {PredcacheError} `REMOTE_PROTOCOL`.
 */
export function splitMessage(
  body: Uint8Array,
  headerLength: string | number | null | undefined,
  where: string,
): SplitMessage {
  const length = readHeaderLength(headerLength, body.length, where);
  const json = parseProtocolJson(length === undefined ? body : body.subarray(0, length), where);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw protocolError('It is no JSON object', where, 'Send a JSON object');
  }
  return {
    json: json as Readonly<Record<string, unknown>>,
    binary: length === undefined ? undefined : body.subarray(length),
  };
}

/** @throws {PredcacheError} `REMOTE_PROTOCOL` for what is no number of bytes, or more bytes than the body has. */
export function readHeaderLength(
  value: string | number | null | undefined,
  bodyLength: number,
  where: string,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  const text = String(value).trim();
  const length = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (length <= bodyLength) return length;
  throw protocolError(
    `${headerLengthName} is "${text.slice(0, 40)}", the body has ${bodyLength} bytes`,
    where,
    'Send the number of bytes of the JSON that the body begins with',
  );
}
