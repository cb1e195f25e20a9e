import type { FastifyInstance } from 'fastify';
import { addRoute } from '../http/addRoute.js';

/**
 * The gateway listens only once its models are read, so that being able to answer is being ready, until it is told to
 * stop: whoever distributes requests then learns of it before connections are refused.
 */
export function addHealthRoutes(app: FastifyInstance): void {
  addRoute(app, 'GET', '/v2/health/live', async () => ({ live: true }));
  addRoute(app, 'GET', '/v2/health/ready', async (_request, reply) => {
    const ready = !app.isDraining;
    if (!ready) reply.code(503);
    return { ready };
  });
}
