import cors from '@fastify/cors';
import { onnxNode } from '@predcache/onnx/node';
import { headerLengthName } from '@predcache/remote';
import fastify, { type FastifyInstance } from 'fastify';
import {
  checkGatewayOptions,
  defaultCacheSize,
  defaultMaxBodySize,
  defaultMaxElements,
  type GatewayOptions,
} from './gatewayOptions.js';
import { addBodies } from './http/bodies.js';
import { answerClientError } from './http/clientErrors.js';
import { addErrorReplies, replyWithError } from './http/errorReplies.js';
import { addSecurityHeaders } from './http/securityHeaders.js';
import { ModelRepository } from './models/modelRepository.js';
import { readModelsFolder } from './models/modelsFolder.js';
import { addHealthRoutes } from './routes/health.js';
import { addInferRoutes } from './routes/infer.js';
import { addMetadataRoutes } from './routes/metadata.js';
import { addModelFileRoutes } from './routes/modelFiles.js';
import { addSite } from './routes/site.js';

/** ms for a request to arrive as a whole: what is slower only holds a connection. */
const requestTimeout = 30_000;

/**
 * Builds the gateway: the Open Inference Protocol v2 for a folder of ONNX models, answered by the same predictors that
 * run in browsers, so that repeated and simultaneous identical requests run the model once. It does not listen yet;
 * closing it lets go of the models.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`, or `MODEL_INVALID` for a file that is no model.
 *
 * @example
 * const gateway = await buildGateway({ models: 'models' });
 * await gateway.listen({ port: 8080 });
 * // POST http://localhost:8080/v2/models/language-id-small/infer
 */
export async function buildGateway(options: GatewayOptions): Promise<FastifyInstance> {
  checkGatewayOptions(options);
  const {
    engine,
    cacheSize = defaultCacheSize,
    maxBodySize = defaultMaxBodySize,
    maxElements = defaultMaxElements,
    site,
    logger = false,
  } = options;
  const { corsOrigin = '*' } = options;
  const files = await readModelsFolder(options.models);
  const models = new ModelRepository({ files, engine: engine ?? onnxNode(), cacheSize });

  const app = fastify({
    logger,
    bodyLimit: maxBodySize,
    requestTimeout,
    frameworkErrors: replyWithError,
    clientErrorHandler: answerClientError,
  });
  app.addHook('onClose', () => models.dispose());
  addErrorReplies(app);
  addSecurityHeaders(app);
  addBodies(app);
  await app.register(cors, {
    origin: typeof corsOrigin === 'string' ? corsOrigin : [...corsOrigin],
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: [headerLengthName, 'ETag'],
    maxAge: 86_400,
    // OPTIONS that is no preflight is answered as one, instead of with an error that is not the protocol's.
    strictPreflight: false,
  });
  addHealthRoutes(app);
  addMetadataRoutes(app, models);
  addInferRoutes(app, models, maxElements);
  addModelFileRoutes(app, models);
  if (site !== undefined) await addSite(app, site);
  return app;
}
