import type { FastifyRequest } from 'fastify';
import type { LastStep } from './requestSteps.js';

/** Writes a line for each request: what was asked, what came of it and how long it took; no inputs, outputs or keys. */
export const logRequest: LastStep = (request, reply, status) => {
  const line = {
    method: request.method,
    path: pathOf(request),
    status,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    model: reply.modelName,
    cache: reply.cacheStatus?.replace(/; key=.*/, ''),
  };
  request.log.info(line, 'request');
};

/** Without the query, and without what may be the key of a prediction. */
function pathOf({ url }: FastifyRequest): string {
  return url
    .split('?', 1)[0]!
    .replace(/[0-9a-f]{32,}/gi, '…')
    .slice(0, 200);
}
