import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Writes a line for each request: what was asked, what came of it and how long it took; no inputs, outputs or keys. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const line = {
      method: request.method,
      path: pathOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
      model: reply.modelName,
      cache: reply.cacheStatus?.replace(/; key=.*/, ''),
    };
    request.log.info(line, 'request');
    done();
  });
}

/** The route rather than the path where there is one: the path of a prediction names its key. */
function pathOf({ routeOptions, url }: FastifyRequest): string {
  const path = url.split('?', 1)[0]!;
  const route = routeOptions.url;
  if (route !== undefined && !route.includes('*') && !route.includes(':')) return route;
  return path.replace(/[0-9a-f]{32,}/gi, '…').slice(0, 200);
}
