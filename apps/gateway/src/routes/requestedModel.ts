import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ModelRepository } from '../models/modelRepository.js';
import type { ServedModel } from '../models/servedModel.js';

declare module 'fastify' {
  interface FastifyReply {
    /** Name of the model that a request was for, once it is known that there is one; for logs and metrics. */
    modelName?: string;
    /** `Cache-Status` of the answer; for logs. */
    cacheStatus?: string;
  }
}

/**
 * The model that a path names; a promise of it where a server behind this one has to be asked.
 *
 * @throws {GatewayError} 404 for an unknown model or version.
 */
export function requestedModel(
  request: FastifyRequest,
  reply: FastifyReply,
  models: ModelRepository,
): ServedModel | Promise<ServedModel> {
  const { name, version } = request.params as { name: string; version?: string };
  const found = models.find(name, version);
  if (!(found instanceof Promise)) {
    reply.modelName = name;
    return found;
  }
  return found.then((served) => {
    reply.modelName = name;
    return served;
  });
}
