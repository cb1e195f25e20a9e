import type { Readable } from 'node:stream';
import { GatewayError } from './gatewayError.js';

/**
 * Reads a body as a whole, up to a number of bytes; more is refused as soon as it is known, and not kept.
 *
 * @param declared the value of `Content-Length`, if there is one
 */
export function readBody(
  payload: Readable,
  declared: string | undefined,
  limit: number,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  if (declared !== undefined && Number(declared) > limit) {
    done(tooLarge(limit));
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  // The listeners stay: taking them away again would cost as much as the rest of this.
  let isSettled = false;
  const settle = (error: Error | null) => {
    if (isSettled) return;
    isSettled = true;
    if (error !== null) {
      chunks.length = 0;
      done(error);
    } else done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  };
  payload.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit) settle(tooLarge(limit));
    else chunks.push(chunk);
  });
  payload.on('end', () => settle(null));
  payload.on('error', settle);
  // Without its end: the client went away.
  payload.on('close', () => settle(new GatewayError(400, 'The body broke off')));
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(413, `The body is too large: at most ${limit} bytes are taken`);
}
