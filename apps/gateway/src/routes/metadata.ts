import type { FastifyInstance } from 'fastify';
import { addRoute } from '../http/addRoute.js';
import type { ModelRepository } from '../models/modelRepository.js';
import type { ServedModel } from '../models/servedModel.js';
import type { SignatureTensor } from '../onnxFile/modelSignature.js';
import { requestedModel } from './requestedModel.js';

/** Keep in step with package.json; importing that would tie the built files to where it lies. */
const version = '0.1.0';

/** What the server and its models are, and whether a model is ready. */
export function addMetadataRoutes(
  app: FastifyInstance,
  models: ModelRepository,
  extensions: readonly string[],
): void {
  addRoute(app, 'GET', '/v2', async () => ({ name: 'predcache-gateway', version, extensions }));
  addRoute(app, 'GET', '/v2/models', async () => ({ models: models.all.map(listed) }));
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    addRoute(app, 'GET', path, async (request, reply) => {
      const model = await requestedModel(request, reply, models);
      return describeModel(model, models.versionsOf(model));
    });
    addRoute(app, 'GET', `${path}/ready`, async (request, reply) => {
      const { name } = (await requestedModel(request, reply, models)).description;
      return { name, ready: true };
    });
  }
}

function listed({ description: { name, version, integrity } }: ServedModel): unknown {
  return { name, version, state: 'READY', digest: integrity };
}

function describeModel({ description }: ServedModel, versions: readonly string[]): unknown {
  const { name, platform, signature } = description;
  return {
    name,
    versions,
    platform,
    inputs: signature.inputs.map(describeTensor),
    outputs: signature.outputs.map(describeTensor),
  };
}

function describeTensor({ name, datatype, shape = [] }: SignatureTensor): unknown {
  return { name, datatype, shape };
}
