import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { GatewayError } from './gatewayError.js';

const decompressors: Readonly<Record<string, () => zlib.Gunzip | zlib.Inflate>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
};

/**
 * A body as it was before it was compressed. Whoever reads it counts its bytes while they come, so that one that grows
 * beyond the limit is refused there and never held as a whole. Codings on top of each other are refused: they multiply.
 *
 * @throws {GatewayError} 415 for another coding.
 */
export function decompressed(payload: Readable, encoding: string): Readable {
  const coding = encoding.trim().toLowerCase();
  if (coding === 'identity' || coding === '') return payload;
  const make = Object.hasOwn(decompressors, coding) ? decompressors[coding] : undefined;
  if (make === undefined) {
    throw new GatewayError(
      415,
      `Send the body as it is, or with gzip or deflate, not with the content encoding "${coding.slice(0, 80)}"`,
    );
  }
  const plain = make();
  const fail = (cause: Error) => plain.destroy(new GatewayError(400, 'The body broke off', { cause }));
  payload.on('error', fail);
  payload.on('close', () => {
    if (!payload.readableEnded) fail(new Error('closed'));
  });
  // Bytes after the end of what was compressed are no part of it.
  plain.on('close', () => {
    payload.unpipe(plain);
    payload.resume();
  });
  plain.prependListener('error', (error: Error & { statusCode?: number }) => {
    if (error instanceof GatewayError) return;
    error.statusCode = 400;
    error.message = `The body is no ${coding}: ${error.message}`;
  });
  return payload.pipe(plain);
}
