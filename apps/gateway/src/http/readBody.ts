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
  const settle = (error: Error | null) => {
    // Taken away, because what they hold would live as long as the connection's next request: that costs more.
    payload.off('data', onData);
    payload.off('end', onEnd);
    payload.off('error', onError);
    payload.off('close', onClose);
    if (error === null) {
      done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      return;
    }
    // More of them may come; there is nobody left to tell.
    payload.on('error', () => undefined);
    done(error);
  };
  const onData = (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit) settle(tooLarge(limit));
    else chunks.push(chunk);
  };
  const onEnd = () => settle(null);
  const onError = (error: Error) => settle(error);
  // Without its end: the client went away.
  const onClose = () => settle(new GatewayError(400, 'The body broke off'));
  payload.on('data', onData);
  payload.on('end', onEnd);
  payload.on('error', onError);
  payload.on('close', onClose);
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(413, `The body is too large: at most ${limit} bytes are taken`);
}
