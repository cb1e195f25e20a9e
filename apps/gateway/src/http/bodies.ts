import type { FastifyInstance } from 'fastify';
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
  app.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() === 'identity') return payload;
    throw new GatewayError(
      415,
      `Send the body as it is, without the content encoding "${encoding.slice(0, 80)}"`,
    );
  });
}
