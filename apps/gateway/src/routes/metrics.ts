import type { FastifyInstance } from 'fastify';
import { addRoute } from '../http/addRoute.js';
import { expositionContentType } from '../metrics/exposition.js';
import { type MetricsParts, writeMetrics } from '../metrics/writeMetrics.js';

/** What Prometheus scrapes. */
export function addMetricsRoute(app: FastifyInstance, parts: MetricsParts): void {
  addRoute(app, 'GET', '/metrics', async (_request, reply) => {
    reply.header('content-type', expositionContentType);
    reply.header('cache-control', 'no-store');
    return writeMetrics(parts);
  });
}
