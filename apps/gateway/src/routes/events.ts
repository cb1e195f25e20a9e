import type { FastifyInstance } from 'fastify';
import { EventStreams, eventText } from '../events/eventStreams.js';
import { addRoute } from '../http/addRoute.js';
import type { ModelRepository } from '../models/modelRepository.js';
import type { ModelDescription } from '../models/servedModel.js';

/**
 * Server-sent events of the type `model`, `{ name, version, digest }`: every model there is, then each one that comes or
 * changes. `digest` is what `integrity` of a model is in a browser: with it keys here and there are the same.
 */
export function addEventRoute(app: FastifyInstance, models: ModelRepository, maxStreams: number): void {
  const streams = new EventStreams(maxStreams);
  const stop = models.onChange((model) => streams.send(modelEvent(model)));
  app.addHook('preClose', async () => {
    stop();
    streams.close();
  });
  addRoute(app, 'GET', '/v2/events', (request, reply) => {
    if (request.method === 'HEAD') return reply.type('text/event-stream').send();
    streams.open(reply, models.all.map(({ description }) => modelEvent(description)).join('') || ':\n\n');
    return undefined;
  });
}

function modelEvent({ name, version, integrity }: ModelDescription): string {
  return eventText('model', { name, version, digest: integrity });
}
