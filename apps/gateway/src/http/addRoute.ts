import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import { GatewayError } from './gatewayError.js';

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Adds a route, and answers every other method at its path with 405 and what is allowed. */
export function addRoute(
  app: FastifyInstance,
  method: 'GET' | 'POST',
  url: string,
  handler: RouteHandlerMethod,
): void {
  const allowed: readonly string[] = method === 'GET' ? ['GET', 'HEAD'] : [method];
  app.route({ method, url, handler });
  app.route({
    method: allMethods.filter((other) => !allowed.includes(other)),
    url,
    onRequest: async (request, reply) => {
      reply.header('allow', allowed.join(', '));
      throw new GatewayError(405, `${request.method} is not allowed here, ${allowed.join(' and ')} is`);
    },
    handler: async () => undefined,
  });
}
