import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addRoute } from '../http/addRoute.js';
import { isKnown } from '../http/entityTags.js';
import { GatewayError } from '../http/gatewayError.js';
import type { ModelFile } from '../models/modelFile.js';
import type { ModelRepository } from '../models/modelRepository.js';

/** The model files themselves, for engines in browsers, with a manifest that says what there is. */
export function addModelFileRoutes(app: FastifyInstance, models: ModelRepository): void {
  addRoute(app, 'GET', '/models/manifest.json', async (_request, reply) => {
    reply.header('cache-control', 'no-cache');
    return manifest(models);
  });
  addRoute(app, 'GET', '/models/:file', async (request, reply) => {
    const { file } = request.params as { file: string };
    if (!file.endsWith('.onnx'))
      throw new GatewayError(404, `There is no model file '${file.slice(0, 100)}'`);
    const model = models.fileOf(file.slice(0, -'.onnx'.length));
    if (model === undefined) throw new GatewayError(404, `There is no model file '${file.slice(0, 100)}'`);
    return sendModel(model, request, reply);
  });
}

/** Of each model the latest version. */
function manifest(models: ModelRepository): unknown {
  const names = new Set([...models.files.values()].map(({ description }) => description.name));
  return [...names].sort().map((name) => describeFile(models.fileOf(name)!));
}

function describeFile({ name, version, integrity, bytes }: ModelFile): unknown {
  return { name, version, url: `/models/${encodeURIComponent(name)}.onnx`, integrity, bytes: bytes.length };
}

/** The name stays when the content changes, so that browsers keep the file but ask each time whether it is still so. */
function sendModel(file: ModelFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const etag = `"${file.integrity}"`;
  reply.headers({
    etag,
    'cache-control': 'no-cache',
    'cross-origin-resource-policy': 'cross-origin',
  });
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/octet-stream').send(file.bytes);
}
