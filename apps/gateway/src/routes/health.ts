import type { FastifyInstance } from 'fastify';
import { addRoute } from '../http/addRoute.js';

/** The gateway listens only once its models are read, so that being able to answer is being ready. */
export function addHealthRoutes(app: FastifyInstance): void {
  addRoute(app, 'GET', '/v2/health/live', async () => ({ live: true }));
  addRoute(app, 'GET', '/v2/health/ready', async () => ({ ready: true }));
}
