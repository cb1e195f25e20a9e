import { headerLengthName } from '@predcache/remote';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { FirstStep } from './requestSteps.js';

const exposed = [headerLengthName, 'ETag', 'Cache-Status', 'Age', 'Retry-After'].join(', ');

/** s for which a browser need not ask again. */
const preflightMaxAge = '86400';

/**
 * Lets pages of other origins ask (CORS).
 *
 * @param allowed `*`, or the origins whose pages may
 */
export function crossOrigin(allowed: '*' | readonly string[]): FirstStep {
  if (allowed === '*') {
    return (_request, reply) => {
      reply.header('access-control-allow-origin', '*');
      reply.header('access-control-expose-headers', exposed);
    };
  }
  return ({ headers: { origin } }, reply) => {
    // Also where it is not allowed: a shared cache must not give one origin the answer to another.
    reply.header('vary', 'Origin');
    if (origin === undefined || !allowed.includes(origin)) return;
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-expose-headers', exposed);
  };
}

/**
 * Answers what browsers ask before a request of another origin. OPTIONS that is no such question is answered the same
 * way, instead of with an error that is not the protocol's.
 */
export function addPreflight(app: FastifyInstance): void {
  app.options('*', (request, reply): FastifyReply => {
    const asked = request.headers['access-control-request-headers'];
    reply.header('access-control-allow-methods', 'GET, HEAD, POST');
    reply.header('access-control-max-age', preflightMaxAge);
    addVary(reply, 'Access-Control-Request-Headers');
    if (asked !== undefined) reply.header('access-control-allow-headers', asked);
    return reply.code(204).send();
  });
}

/** Names one more header of the request that the answer depends on. */
export function addVary(reply: FastifyReply, header: string): void {
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? header : `${vary}, ${header}`);
}
