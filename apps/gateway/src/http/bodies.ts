import type { FastifyInstance } from 'fastify';
import { decompressed } from './decompression.js';
import { GatewayError } from './gatewayError.js';
import { readBody } from './readBody.js';

/** JSON is also sent as an octet stream by real clients; which one it is, the message itself says. */
const acceptedTypes = /^application\/(json|[\w.+-]+\+json|octet-stream)\s*(;|$)/i;

/**
 * Bodies come as bytes, whatever their type, decompressed where they are; what cannot be a protocol message is refused
 * unread.
 *
 * @param limit bytes, of the body as it came and as it is
 */
export function addBodies(app: FastifyInstance, limit: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', ({ headers }, payload, done) => {
    const { 'content-type': type, 'content-encoding': encoding, 'content-length': declared } = headers;
    if (type !== undefined && !acceptedTypes.test(type)) {
      const message = `Send application/json or application/octet-stream, not "${type.slice(0, 80)}"`;
      return done(new GatewayError(415, message));
    }
    if (encoding === undefined) return readBody(payload, declared, limit, done);
    try {
      readBody(decompressed(payload, encoding), declared, limit, done);
    } catch (error) {
      done(error as Error);
    }
  });
}
