import zlib from 'node:zlib';
import type { RequestPayload } from 'fastify';
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
export function decompressed(payload: RequestPayload, encoding: string | undefined): RequestPayload {
  const coding = encoding?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || coding === '') return payload;
  const make = Object.hasOwn(decompressors, coding) ? decompressors[coding] : undefined;
  if (make === undefined) {
    throw new GatewayError(
      415,
      `Send the body as it is, or with gzip or deflate, not with the content encoding "${coding.slice(0, 80)}"`,
    );
  }
  // Fastify compares the length with Content-Length.
  const plain = Object.assign(make(), { receivedEncodedLength: 0 });
  payload.on('data', (chunk: Buffer) => {
    plain.receivedEncodedLength += chunk.length;
  });
  const fail = (cause: Error) => plain.destroy(new GatewayError(400, 'The body broke off', { cause }));
  payload.on('error', fail);
  payload.on('close', () => {
    if (!payload.readableEnded) fail(new Error('closed'));
  });
  // A body that turned out too large, or to be no such coding: what is left of it is read and thrown away.
  plain.on('close', () => {
    payload.unpipe();
    payload.resume();
  });
  plain.prependListener('error', (error: Error & { statusCode?: number }) => {
    if (error instanceof GatewayError) return;
    error.statusCode = 400;
    error.message = `The body is no ${coding}: ${error.message}`;
  });
  return payload.pipe(plain) as unknown as RequestPayload;
}
