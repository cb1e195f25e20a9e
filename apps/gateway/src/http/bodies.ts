import type { FastifyInstance } from 'fastify';
import { decompressed } from './decompression.js';
import { GatewayError } from './gatewayError.js';

/** JSON is also sent as an octet stream by real clients; which one it is, the message itself says. */
const acceptedTypes = /^application\/(json|[\w.+-]+\+json|octet-stream)\s*(;|$)/i;

/** Bodies come as bytes, whatever their type; what cannot be a protocol message is refused unread. */
export function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const type = request.headers['content-type'];
    if (type === undefined || acceptedTypes.test(type)) done(null, body);
    else
      done(
        new GatewayError(
          415,
          `Send application/json or application/octet-stream, not "${type.slice(0, 80)}"`,
        ),
      );
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding'];
    try {
      done(null, encoding === undefined ? payload : decompressed(payload, encoding));
    } catch (error) {
      done(error as Error);
    }
  });
}
