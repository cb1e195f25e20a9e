import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addRoute } from '../http/addRoute.js';
import type { ModelRepository, ServedModel } from '../models/modelRepository.js';
import type { SignatureTensor } from '../onnxFile/modelSignature.js';

/** Keep in step with package.json; importing that would tie the built files to where it lies. */
const version = '0.1.0';

/** What the server and its models are, and whether a model is ready. */
export function addMetadataRoutes(app: FastifyInstance, models: ModelRepository): void {
  addRoute(app, 'GET', '/v2', async () => ({
    name: 'predcache-gateway',
    version,
    extensions: ['binary_tensor_data'],
  }));
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    addRoute(app, 'GET', path, async (request) => describeModel(requestedModel(request, models)));
    addRoute(app, 'GET', `${path}/ready`, async (request) => {
      const { name } = requestedModel(request, models).file;
      return { name, ready: true };
    });
  }
}

/** @throws {GatewayError} 404 for an unknown model or version. */
export function requestedModel(request: FastifyRequest, models: ModelRepository): ServedModel {
  const { name, version: wanted } = request.params as { name: string; version?: string };
  return models.find(name, wanted);
}

function describeModel({ file }: ServedModel): unknown {
  return {
    name: file.name,
    versions: [file.version],
    platform: 'onnx_onnxv1',
    inputs: file.signature.inputs.map(describeTensor),
    outputs: file.signature.outputs.map(describeTensor),
  };
}

function describeTensor({ name, datatype, shape = [] }: SignatureTensor): unknown {
  return { name, datatype, shape };
}
