import { memory as memoryTier } from '@predcache/core';
import { onnxNode } from '@predcache/onnx/node';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { access } from './access/access.js';
import { AnswerCache } from './answers/answerCache.js';
import { CacheHeaders } from './answers/cacheHeaders.js';
import { checkGatewayOptions } from './checkGatewayOptions.js';
import {
  defaultAnswerCacheSize,
  defaultCacheSize,
  type GatewayOptions,
  type Limits,
} from './gatewayOptions.js';
import { addBodies } from './http/bodies.js';
import { answerClientError } from './http/clientErrors.js';
import { addPreflight, crossOrigin } from './http/crossOrigin.js';
import { addDraining } from './http/drain.js';
import { addErrorReplies, replyWithError } from './http/errorReplies.js';
import { inferenceGate } from './http/inferenceGate.js';
import { logRequest } from './http/requestLog.js';
import { addRequestSteps, type FirstStep } from './http/requestSteps.js';
import { Metrics } from './metrics/metrics.js';
import { ModelRepository } from './models/modelRepository.js';
import { readModelsFolder } from './models/modelsFolder.js';
import { fingerprints } from './models/modelWatcher.js';
import { watchModels } from './models/watchModels.js';
import { addEventRoute } from './routes/events.js';
import { addHealthRoutes } from './routes/health.js';
import { addInferRoutes } from './routes/infer.js';
import { addMetadataRoutes } from './routes/metadata.js';
import { addMetricsRoute } from './routes/metrics.js';
import { addModelFileRoutes } from './routes/modelFiles.js';
import { addPredictionRoutes } from './routes/predictions.js';
import { addSite } from './routes/site.js';
import { addStatisticsRoutes } from './routes/statistics.js';
import { UpstreamModels } from './upstream/upstreamModels.js';

/**
 * Builds the gateway: the Open Inference Protocol v2 for a folder of ONNX models, a server behind it, or both, answered by
 * the same predictors that run in browsers, so that repeated and simultaneous identical requests run the model once. It
 * does not listen yet; closing it lets go of the models.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`, or `MODEL_INVALID` for a file that is no model.
 *
 * @example
 * const gateway = await buildGateway({ models: 'models' });
 * await gateway.listen({ port: 8080 });
 * // POST http://localhost:8080/v2/models/language-id-small/infer
 */
export async function buildGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const limits = checkGatewayOptions(options);
  const { ttl, tiers = [], apiKeys, site, logger } = options;
  const metrics = new Metrics();
  const memory = memoryTier({ maxSize: options.cacheSize ?? defaultCacheSize });
  const shared = { memory, tiers, ttl, maxQueueLength: limits.maxQueueLength, listener: metrics.read };
  const seen = options.models === undefined ? undefined : await fingerprints(options.models);
  const models = new ModelRepository({
    ...shared,
    files: options.models === undefined ? [] : await readModelsFolder(options.models),
    engine: metrics.runs.counted(options.engine ?? onnxNode()),
    upstream: options.upstream && new UpstreamModels(options.upstream, shared, metrics.runs),
  });
  const answers = new AnswerCache({
    maxSize: options.answerCacheSize ?? defaultAnswerCacheSize,
    memory,
    ttl,
  });

  const app = createServer(limits, logger);
  app.addHook('onClose', () => models.dispose());
  if (options.watch === true && options.models !== undefined)
    await watchModels(app, { folder: options.models, models }, seen!);
  addErrorReplies(app);
  addSteps(app, options, limits, metrics);
  addPreflight(app);
  addBodies(app, limits.maxBodySize);
  addHealthRoutes(app);
  const hasPredictions = options.sharedPredictions ?? apiKeys === undefined;
  addMetadataRoutes(app, models, extensionsOf(hasPredictions));
  addStatisticsRoutes(app, models, metrics);
  const cacheHeaders = new CacheHeaders({
    cacheControl: options.cacheControl,
    ttl,
    exposeKeys: options.exposeKeys ?? false,
  });
  addInferRoutes(app, { models, answers, cacheHeaders, limits });
  if (hasPredictions) addPredictionRoutes(app, { memory, tiers, ttl });
  addMetricsRoute(app, { metrics, models, memory, answers });
  addEventRoute(app, models, limits.maxEventStreams);
  addModelFileRoutes(app, models);
  if (site !== undefined) await addSite(app, site);
  return app;
}

/** What is here beyond the protocol's own; the last two are this project's. */
function extensionsOf(hasPredictions: boolean): readonly string[] {
  const extensions = ['binary_tensor_data', 'statistics', 'predcache_events'];
  return hasPredictions ? [...extensions, 'predcache_predictions'] : extensions;
}

function createServer(limits: Limits, logger: GatewayOptions['logger']): FastifyInstance {
  const { maxBodySize, requestTimeout, headersTimeout } = limits;
  const shortest = Math.min(requestTimeout, headersTimeout);
  const app = fastify({
    logger: logger ?? false,
    // The line of each request is our own: Fastify's names the address as it came.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodySize,
    requestTimeout,
    http: {
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      // How exact the two are; Node's 30 s would make them twice as long.
      connectionsCheckingInterval: Math.max(50, Math.min(5_000, Math.floor(shortest / 4))),
    },
    frameworkErrors: replyWithError,
    clientErrorHandler: answerClientError,
  }) as unknown as FastifyInstance;
  app.decorateReply('modelName', undefined);
  app.decorateReply('cacheStatus', undefined);
  return app;
}

/** What is done for each request, in this order. */
function addSteps(app: FastifyInstance, options: GatewayOptions, limits: Limits, metrics: Metrics): void {
  const { corsOrigin = '*', apiKeys, rateLimit, logger = false } = options;
  const gate = inferenceGate(limits.maxRequests);
  const first = [
    noSniffing,
    crossOrigin(typeof corsOrigin === 'string' && corsOrigin !== '*' ? [corsOrigin] : corsOrigin),
    gate.first,
  ];
  if (apiKeys !== undefined) first.push(access(apiKeys, rateLimit));
  const last = [gate.last, metrics.answered, addDraining(app)];
  addRequestSteps(app, first, logger === false ? last : [...last, logRequest]);
}

/** No answer is to be taken for what it does not say it is. */
const noSniffing: FirstStep = (_request, reply) => {
  reply.header('x-content-type-options', 'nosniff');
};
